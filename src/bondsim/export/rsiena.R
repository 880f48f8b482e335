
# A stochastic actor-oriented model of who names whom and of what people feel, fitted to the waves
# in this folder with RSiena 1.4 or later. Run it here: Rscript rsiena.R
# Rows are people, in the order of ids.csv; columns of `answered` and of the outcome are waves.
library(RSiena)
library(Matrix)

answered <- as.matrix(read.table("answered.txt"))
outcome_levels <- as.matrix(read.table(paste0(outcome, "_levels.txt")))
stopifnot(dim(answered) == c(n, waves), dim(outcome_levels) == c(n, waves))

# --- data ---

# Who did not answer named nobody that is known of: their rows are NA.
read_dense <- function(w) as.matrix(read.table(sprintf("network_%d.txt", w)))
read_sparse <- function(w) {
  named <- read.table(sprintf("network_%d.txt", w), header = TRUE)
  gaps <- expand.grid(j = seq_len(n), i = which(answered[, w] == 0))
  gaps <- gaps[gaps$i != gaps$j, ]
  spMatrix(
    n, n, i = c(named$i, gaps$i), j = c(named$j, gaps$j),
    x = c(rep(1, nrow(named)), rep(NA_real_, nrow(gaps)))
  )
}
networks <- if (sparse) {
  lapply(seq_len(waves), read_sparse)
} else {
  array(unlist(lapply(seq_len(waves), read_dense)), dim = c(n, n, waves))
}

friendship <- sienaDependent(networks)
behaviour <- sienaDependent(outcome_levels, type = "behavior")
parts <- list(friendship = friendship, behaviour = behaviour)

covariates <- read.csv("covariates.csv", check.names = FALSE)
for (name in names(covariates)) parts[[name]] <- coCovar(covariates[[name]])
if (moved) parts$composition <- sienaCompositionChangeFromFile("composition.txt")
data <- do.call(sienaDataCreate, parts)
print01Report(data, modelname = "report")

# --- model ---

effects <- getEffects(data)
effects <- includeEffects(effects, name = "friendship", recip, transTrip, cycle3)
# selection: do the lonely name more, are they named more, do they name the lonely?
effects <- includeEffects(
  effects, name = "friendship", egoX, altX, simX, interaction1 = "behaviour"
)
for (covariate in names(covariates)) {
  effects <- if (covariate == "context") {
    includeEffects(effects, name = "friendship", sameX, interaction1 = covariate)
  } else {
    includeEffects(effects, name = "friendship", simX, interaction1 = covariate)
  }
}
# influence: do people become as the mean of those they name?
effects <- includeEffects(effects, name = "behaviour", linear, quad)
effects <- includeEffects(effects, name = "behaviour", avAlt, interaction1 = "friendship")
print(effects)

# --- fit ---

algorithm <- sienaAlgorithmCreate(
  projname = "fit", seed = 1, n3 = 1000,
  MaxDegree = if (name_cap > 0) c(friendship = name_cap) else NULL
)
fit <- siena07(algorithm, data = data, effects = effects, batch = TRUE, returnDeps = TRUE)
for (again in 1:4) {
  if (fit$tconv.max < 0.25 && all(abs(fit$tconv) < 0.1)) break
  fit <- siena07(
    algorithm, data = data, effects = effects, batch = TRUE, returnDeps = TRUE, prevAns = fit
  )
}
print(summary(fit))
saveRDS(fit, "fit.rds")

# --- goodness of fit ---

# sienaGOF does not work where people join or leave between waves.
if (!moved) {
  degrees <- 0:max(10, name_cap)
  tests <- list(
    outdegree = sienaGOF(fit, OutdegreeDistribution, varName = "friendship", levls = degrees),
    indegree = sienaGOF(fit, IndegreeDistribution, varName = "friendship", levls = degrees),
    triads = sienaGOF(fit, TriadCensus, varName = "friendship"),
    behaviour = sienaGOF(fit, BehaviorDistribution, varName = "behaviour")
  )
  print(tests)
  saveRDS(tests, "gof.rds")
}
