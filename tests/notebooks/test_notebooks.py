"""Every worked example runs from top to bottom."""

import json

import pytest


@pytest.mark.parametrize("name", ["mot_cum.ipynb"])
def test_the_cells_run_in_order(root, name):
    notebook = json.loads((root / "notebooks" / name).read_text(encoding="utf-8"))
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 4
    space: dict[str, object] = {}
    for cell in cells:
        exec(compile(cell, name, "exec"), space)
    shown = space["shown"]
    assert set(shown["verdict"]) >= {"conflict", "compatible", "undecided", "within_accuracy"}  # type: ignore[index]
    assert "EPSG:5899" in space["report"].diagnosis.as_dict("vi")["evidence"]  # type: ignore[attr-defined]
    assert space["result"].clusters["occupancy_share"].max() > 0.9  # type: ignore[attr-defined]
