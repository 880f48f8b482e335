"""From the words of a command line to an order: only this package imports hydra and omegaconf."""

from bondsim.config.compose import compose, compose_analysis
from bondsim.config.composing import choices, configs_folder
from bondsim.config.listing import (
    analysis_parameters,
    intervention_parameters,
    network_parameters,
    run_parameters,
    study_parameters,
)

__all__ = [
    "analysis_parameters", "choices", "compose", "compose_analysis",
    "configs_folder", "intervention_parameters", "network_parameters", "run_parameters",
    "study_parameters",
]  # fmt: skip
