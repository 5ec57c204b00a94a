from cslib.charts import THEME as THEME
from cslib.errors import CslibError as CslibError
from cslib.kpis import CATALOGUE as CATALOGUE
from cslib.kpis import measure as measure
from cslib.kpis.kpi import Better as Better
from cslib.kpis.kpi import Curve as Curve
from cslib.kpis.kpi import Half as Half
from cslib.kpis.kpi import Interval as Interval
from cslib.kpis.kpi import Kpi as Kpi
from cslib.kpis.kpi import Listed as Listed
from cslib.kpis.kpi import Posture as Posture
from cslib.kpis.kpi import Ratio as Ratio
from cslib.kpis.kpi import Stage as Stage
from cslib.kpis.kpi import Survival as Survival
from cslib.kpis.kpi import Total as Total
from cslib.kpis.kpi import Unit as Unit
from cslib.kpis.kpi import Unlisted as Unlisted
from cslib.kpis.kpi import count as count
from cslib.kpis.kpi import total as total
from cslib.periods import Month as Month
from cslib.portfolio import Portfolio as Portfolio
from cslib.scenario import Scenario as Scenario
from cslib.tables import plain_table as plain_table

__version__: str
