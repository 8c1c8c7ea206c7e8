"""Small generated data sets whose best possible score is known."""
