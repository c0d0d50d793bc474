"""One function per use case: the only place where reading, storing, analysing and publishing meet."""
