"""One function per use case: here alone reading, storing, analysing and publishing meet."""
