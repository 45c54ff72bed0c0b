"""What the hub counts about itself, in Prometheus form, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Measures:
    """The counters of one hub; `exposition()` is what `/metrics` answers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.events = Counter("zhizhu_hub_events", "Events received, by answer.", ["status"], registry=self.registry)
        self.decisions = Counter("zhizhu_hub_decisions", "Cases decided by rule.", ["outcome"], registry=self.registry)
        self.clerks = Counter(
            "zhizhu_hub_clerk_decisions", "Cases decided by people.", ["outcome"], registry=self.registry
        )
        self.certificates = Counter(
            "zhizhu_hub_certificates", "Certificates issued, by kind.", ["kind"], registry=self.registry
        )
        self.heartbeats = Counter("zhizhu_hub_heartbeats", "Heartbeats received.", registry=self.registry)
        self.refused = Counter("zhizhu_hub_refused_requests", "Problems answered.", ["type"], registry=self.registry)
        self.batch_seconds = Histogram("zhizhu_hub_batch_seconds", "Time to store a batch.", registry=self.registry)
        self.terminals = Gauge("zhizhu_hub_terminals", "Terminals, by state.", ["state"], registry=self.registry)
        self.lights = Gauge("zhizhu_hub_cases_open", "Open cases, by light.", ["light"], registry=self.registry)
        self.waiting = Gauge("zhizhu_hub_decisions_waiting", "Cases waiting for a rule.", registry=self.registry)
        self.parked = Gauge("zhizhu_hub_events_parked", "Events a person must look at.", registry=self.registry)

        self.alarms = Gauge(
            "zhizhu_hub_terminals_alarmed", "Terminals whose past contradicts itself.", ["kind"], registry=self.registry
        )

    def exposition(self) -> bytes:
        """The text Prometheus scrapes."""
        return generate_latest(self.registry)
