"""The KPI catalogue, and the measuring of it."""

from cslib.kpis.catalogue import CATALOGUE, Catalogue
from cslib.kpis.kpi import Kpi, Stage
from cslib.kpis.measure import measure

__all__ = ["CATALOGUE", "Catalogue", "Kpi", "Stage", "measure"]
