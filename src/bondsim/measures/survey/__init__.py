"""A survey of a world, as field researchers would hold one: waves, few named others, drop-out.

What a questionnaire cannot see is lost on purpose; estimators are judged on what is left.
"""

from __future__ import annotations

from bondsim.measures.survey.plan import GENERATORS, MEASURES, NOTHING_LOST, SurveyPlan
from bondsim.measures.survey.study import survey
from bondsim.measures.survey.table import Survey

__all__ = ["GENERATORS", "MEASURES", "NOTHING_LOST", "Survey", "SurveyPlan", "survey"]
