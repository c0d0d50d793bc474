"""The shared works of an industrial cluster, by our words (Decree 32/2024/NĐ-CP, Art. 2(4))."""

WORKS = (
    "road", "water", "power", "fire_safety", "wastewater", "solid_waste", "lighting", "telecom",
    "greenery", "pavement",
)  # fmt: skip
