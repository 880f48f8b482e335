
# The town as a networkDynamic object. Run it in this folder: Rscript network_dynamic.R
# A spell holds for the evenings of the days in [onset, terminus).
library(networkDynamic)

vertices <- read.csv("vertices.csv", check.names = FALSE)
vertex_spells <- read.csv("vertex_spells.csv", check.names = FALSE)
edge_spells <- read.csv("edge_spells.csv", check.names = FALSE)
states <- read.csv("states.csv", check.names = FALSE)

# networkDynamic takes infinite times as censored
open_ended <- function(spells) {
  spells$onset[spells$onset.censored] <- -Inf
  spells$terminus[spells$terminus.censored] <- Inf
  spells
}
people_spells <- open_ended(vertex_spells)
bond_spells <- open_ended(edge_spells)

town <- network.initialize(nrow(vertices), directed = FALSE)
for (name in setdiff(names(vertices), "vertex.id")) {
  town <- set.vertex.attribute(town, name, vertices[[name]])
}
town <- set.vertex.attribute(town, "vertex.names", as.character(vertices$label))

bonds <- if (nrow(bond_spells) > 0) bond_spells[, c("onset", "terminus", "tail", "head")]
town <- networkDynamic(
  base.net = town,
  vertex.spells = people_spells[, c("onset", "terminus", "vertex.id")],
  edge.spells = bonds,
  net.obs.period = list(
    observations = list(c(first, last + 1)), mode = "discrete", time.increment = 1,
    time.unit = "day"
  ),
  verbose = FALSE
)

# The kind of a bond may change: each row is one value of the attribute "kind". One call takes
# one value for each edge, so the first rows of all edges go first, then the second ones.
edge_of <- function(tail, head) get.edgeIDs(town, v = tail, alter = head)[1]
edge <- mapply(edge_of, edge_spells$tail, edge_spells$head)
turn <- ave(seq_along(edge), edge, FUN = seq_along)
for (k in sort(unique(turn))) {
  rows <- which(turn == k)
  town <- activate.edge.attribute(
    town, "kind", as.list(as.character(edge_spells$kind[rows])), onset = bond_spells$onset[rows],
    terminus = bond_spells$terminus[rows], e = edge[rows]
  )
}

# What people felt on each day that was kept, until the next such day.
days <- sort(unique(states$day))
until <- c(days[-1], last + 1)
for (name in setdiff(names(states), c("vertex.id", "day"))) {
  for (k in seq_along(days)) {
    rows <- which(states$day == days[k])
    town <- activate.vertex.attribute(
      town, name, as.list(states[[name]][rows]), onset = days[k], terminus = until[k],
      v = states$vertex.id[rows]
    )
  }
}

print(town)
saveRDS(town, "town.rds")
