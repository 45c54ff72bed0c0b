"""好差评: the levels, the questions and the reasons a resident can choose, by version."""

from seeds.ratings.questions import CURRENT, Questionnaire, Questionnaires

__all__ = ["CURRENT", "Questionnaire", "Questionnaires"]
