"""The model a second time: plain Python with dictionaries and loops, written from ODD.md.

It judges the engine: `bondsim verify` and the tests let both live the same days and compare every
column after every phase, bit for bit. Slow on purpose (about a second for 30 people and 30 days),
it knows nothing of arrays, blocks, threads or compiled code. It shares with the package the
parameters, the rules as plain functions and the numbers of the purposes of chance; `equations` is a
second source of the rules too.
"""
