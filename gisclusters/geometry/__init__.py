"""What is true of shapes whatever they stand for: CRS, measures, validity, pairs."""
