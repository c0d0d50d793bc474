"""The words of planners and surveyors.  Standard library only."""
