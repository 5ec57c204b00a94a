"""The public sources in which the seeds of the definitions are found."""

CUSTOMER_SUCCESS = "Mehta, Steinman & Murphy (2016), Customer Success, Wiley"
STANDARDS = "SaaS Metrics Standards Board, metric definitions"
MRR_PLAYBOOK = "dbt Labs, mrr-playbook (movements of MRR per customer and month)"
SKOK = "Skok (2010), SaaS Metrics 2.0, forEntrepreneurs"
QUICK_RATIO = "Hamid (2015), the SaaS quick ratio, Social Capital"
NPS = "Reichheld (2003), HBR 81(12); interval: Rocks (2016), The American Statistician 70(4)"
CES = "Dixon, Freeman & Toman (2010), HBR 88(7/8)"
ACSI = "Fornell et al. (1996), The American Customer Satisfaction Index, Journal of Marketing 60(4)"
KAPLAN_MEIER = "Kaplan & Meier (1958), JASA 53(282)"
RESTRICTED_MEAN = (
    "Kaplan & Meier (1958), JASA 53(282); restricted mean: Royston & Parmar (2013), BMC Med. Res. Meth. 13:152"
)
LIFETIME_VALUE = "Gupta & Lehmann (2003), Customers as Assets, Journal of Interactive Marketing 17(1)"
