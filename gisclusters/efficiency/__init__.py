"""How well leased land is used: areas, occupancy, deadlines, structure, what is built."""

from gisclusters.efficiency.density import built_shares
from gisclusters.efficiency.indicators import EfficiencyReport, measure_efficiency
from gisclusters.efficiency.land_cover import zonal_fractions
from gisclusters.efficiency.zonal_engine import LandCover

__all__ = [
    "EfficiencyReport", "LandCover", "built_shares", "measure_efficiency", "zonal_fractions",
]  # fmt: skip
