"""An Airflow DAG: the reports of the month that has just ended, and one notebook by itself with the papermill operator."""

from __future__ import annotations

import pendulum
from airflow.providers.papermill.operators.papermill import PapermillOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

HOME = "/srv/customer-success"

with DAG(
    dag_id="customer_success_reports",
    schedule="0 6 2 * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Tokyo"),
    catchup=False,
    max_active_runs=1,
) as dag:
    # every exit code but 0 fails the task, so that Airflow tells it: 3, where some reports failed, is no reason to skip anything
    reports = BashOperator(
        task_id="reports",
        bash_command=f"cd {HOME} && .venv/bin/cslib run --params params",
        skip_on_exit_code=[],
    )
    # plain papermill works as well, in the environment that Airflow itself runs in
    financial_of_enterprise = PapermillOperator(
        task_id="financial_of_enterprise",
        input_nb=f"{HOME}/notebooks/05_financial.ipynb",
        output_nb=f"{HOME}/reports/financial-enterprise.ipynb",
        parameters={"params": f"{HOME}/params", "segment": "enterprise"},
        trigger_rule="all_done",  # also where some of the reports failed
    )
    reports >> financial_of_enterprise
