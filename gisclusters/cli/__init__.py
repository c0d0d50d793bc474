"""The command line: parsing, talk and exit codes; everything else is a workflow."""
