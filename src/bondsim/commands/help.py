"""What `bondsim --help` prints."""

HELP = """\
bondsim: how people build and lose bonds, and how loneliness arises and spreads.

usage:
  bondsim run [NAME=VALUE ...] [--config-dir DIR]   run a world and keep its results
  bondsim resume RUN                                go on with a run that was stopped or broke off
  bondsim rerun RUN                                 repeat a run from its folder and compare
  bondsim show RUN                                  print a run and draw its figure again
  bondsim run -m [NAME=VALUE,VALUE ...]             run every combination, each with its folder
  bondsim sweep study=NAME [NAME=VALUE ...] [--config-dir DIR] [--retry-failed] [--part K/N]
                [--dry-run]                         live all runs of a plan that are not there yet
  bondsim list [--rows N]                           what is stored: studies and the newest runs
  bondsim status [STUDY]                            how far studies are; what failed and why
  bondsim query "select ... from runs" [--csv]      any question about the stored runs, in SQL
  bondsim advise STUDY [--outcome NAME] [--half-width X] [--relative] [--figure FILE]
                                                    how many replicates a precision needs
  bondsim twin [NAME=VALUE ...]                     what one change causes: by day, distance, person
  bondsim channels [NAME=VALUE ...]                 what each channel adds to a pattern
  bondsim compare [NAME=VALUE ...]                  a league of interventions at equal cost
  bondsim audit [NAME=VALUE ...]                    what the field's methods find, truth beside it
  bondsim response [NAME=VALUE ...]                 how outcomes answer to one or two parameters
  bondsim sensitivity [NAME=VALUE ...]              which parameters matter: Morris, Sobol, curves
  bondsim validate [NAME=VALUE ...]                 the scorecard: targets, bands, hits and misses
  bondsim calibrate [NAME=VALUE ...]                fit parameters to rows of the scorecard
  bondsim preset RUN NAME [--taken median | best] [--worlds N] [--configs DIR]
                                                    a calibration as a config, with its provenance
  bondsim export STUDY --to csv | parquet [--out FILE]
                                                    a study as one table, a row for each run
  bondsim export RUN --to rsiena | networkdynamic | graphml [--days N,N] [--out DIR] [--bins N]
                 [--outcome loneliness | headaches] [survey.NAME=VALUE ...]
                                                    write a run for the field's other tools
  bondsim params [FILTER] [--markdown | --json]     list every parameter
  bondsim measures [FILTER] [--markdown | --json]   list every outcome that can be asked for
  bondsim networks                                  list what a network can be made from
  bondsim verify [--seed N]                         live a small world in many ways: the same bits?
  bondsim bench [--quick] [--sizes N,N] [--threads N,N] [--repeats N] [--json FILE] [--no-peers]
                                                    measure speed and memory on this machine
  bondsim completion bash | zsh | fish              a script by which the shell completes all this
  bondsim --version | --help

examples:
  bondsim run
  bondsim run network=karate days=730 seed=7 channels.affect=off
  bondsim run network=edge_list network.path=friends.csv results=my_results
  bondsim twin intervention=toxic_exit intervention.toxic_exit.n=1 replicates=20
  bondsim channels look.at=survey survey.generator=locate survey.name_cap=2
  bondsim run intervention=befriending intervention.befriending.n=20 meet.role.friend=2
  bondsim export results/karate-7-... --to rsiena survey.name_cap=3 survey.missing=0.1
  bondsim params loneliness
  bondsim run -m population.presence_mean=0.3,0.5 'seed=range(10)'
  bondsim sweep study=presence replicates=50 executor.processes=4
  bondsim query "select population.presence_mean, avg(prevalence) from runs group by 1 order by 1"
  bondsim response grid.x=relate.lam 'grid.x_values=[1,3,5]' 'grid.outcomes=[survival,prevalence]'

for `run`: days, burn_in, seed (a number, or random), threads, results (folder to write under),
snapshots=[0,180] or snapshot_every=30, checkpoint_every=300 (seconds), quiet=on, and every name of
`bondsim params`; what it lists with five numbers takes one for all kinds of bonds (meet.role=1) or
one of them (meet.role.friend=2). DIR holds config files of your own, as configs/ does:
network/mine.yaml is then network=mine.

for twin, channels, compare, audit and response: days, burn_in, seed (of the first replicate; the
others have the next ones), replicates, processes, results, quiet, every name of a world, and the
groups twin, factorial, look, survey, league, audit and grid. A twin changes what intervention=
names, or parameters, as in 'change={relate.contagion: 0}'; in a league each intervention is an arm.
`show` and `rerun` take their folders too. Ctrl-C keeps nothing of these. So it is for sensitivity,
validate and calibrate, whose runs are stored as they end, so that the same command goes on.

for `sweep` and `run -m`: the same settings, every name of a world, and the groups study, precision,
executor, look and survey. A word with several values is one more factor. `list`, `status`, `query`,
`advise` and `export` take results=FOLDER. Ctrl-C keeps what has ended; the same command goes on.

Ctrl-C stops a run between two days. What was lived is kept in the folder that it names, to look at
with `show` and to go on from with `resume`, or with the same `run` again; so it is after a crash,
up to the last checkpoint."""
