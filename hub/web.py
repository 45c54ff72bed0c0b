"""The hub as a web application, made from the parts it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from hub.body_limit import BodyLimit
from hub.casework.panels import course_panel, form_panel, journal_panel, needs_panel, theme_panel
from hub.certificates import desk_routes as seals
from hub.certificates import routes as certificates
from hub.certificates.desk_panel import papers_panel
from hub.certificates.worker import CertificateWorker
from hub.decisions import DecisionWorker
from hub.delivery import desk as deliveries
from hub.delivery import sandbox_routes
from hub.delivery.sandbox import SandboxCourier
from hub.delivery.sending import DeliveryWorker
from hub.desk_door import install_door
from hub.hub import Hub
from hub.identity import account_routes
from hub.notices import desk_routes as calls
from hub.pages.render import STATIC, Pages
from hub.payments import desk_routes as payments_desk
from hub.payments import routes as payments
from hub.payments.desk_panel import payment_panel
from hub.payments.sandbox import SandboxChannel
from hub.payments.worker import PaymentWorker
from hub.prefill.source import SandboxSource
from hub.problems import install
from hub.ratings import desk_routes as bad_ratings
from hub.ratings import routes as ratings
from hub.ratings.desk_routes import rating_panel
from hub.reply_signature import ReplySignature
from hub.routes import (
    blobs,
    carry,
    claims,
    console,
    desk,
    desk_course,
    enrolments,
    extensions,
    operations,
    prefill,
    slips,
    terminal_care,
    terminals,
    verify,
)
from hub.staff import Reception
from hub.vouchers import routes as vouchers


def create_app(hub: Hub, *, decide: bool = True) -> FastAPI:
    """The application; with `decide` cases are decided and certificates made as long as it runs."""

    courier = SandboxCourier(hub.database, hub.clock, hub.settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        beside = (CertificateWorker(hub), DeliveryWorker(hub, courier), PaymentWorker(hub))
        workers = (DecisionWorker(hub), *beside) if decide else ()
        for worker in workers:
            worker.start()
        yield
        for worker in workers:
            worker.stop()

    app = FastAPI(
        title="智助 hub", version="1", docs_url=None, redoc_url=None, openapi_url="/openapi.json", lifespan=lifespan
    )
    install(app, hub.measures)
    install_door(app)
    limits = {carry.ADDRESS: hub.settings.carry_part_bytes, seals.CHECK_ADDRESS: seals.check_bytes(hub)}
    app.add_middleware(BodyLimit, limit=hub.settings.request_bytes, limits=limits)
    app.add_middleware(ReplySignature, keys=hub.keys)
    pages = Pages(hub.texts)
    reception = Reception(hub.database, hub.clock, hub.settings)
    app.include_router(operations.router(hub))
    app.include_router(enrolments.router(hub))
    app.include_router(terminals.router(hub))
    app.include_router(blobs.router(hub))
    app.include_router(claims.router(hub))
    app.include_router(prefill.router(hub, SandboxSource(hub)))
    app.include_router(slips.router(hub))
    app.include_router(certificates.router(hub, pages))  # before the slips' page, whose address takes any word
    app.include_router(vouchers.router(hub, pages))
    app.include_router(verify.router(hub, pages))
    app.include_router(console.router(hub, pages, reception))
    app.include_router(account_routes.router(hub, pages, reception))
    app.include_router(carry.router(hub, pages, reception))
    app.include_router(terminal_care.router(hub, reception))
    about_case = (course_panel, theme_panel, form_panel, needs_panel, deliveries.delivery_panel, journal_panel)
    makers = (papers_panel, payment_panel, rating_panel, *about_case)
    app.include_router(desk.router(hub, pages, reception, makers))
    app.include_router(desk_course.router(hub, reception))
    app.include_router(deliveries.router(hub, reception))
    app.include_router(sandbox_routes.router(courier, reception))
    app.include_router(seals.router(hub, pages, reception))
    app.include_router(calls.router(hub, pages, reception))
    app.include_router(ratings.router(hub, pages, reception))
    app.include_router(bad_ratings.router(hub, pages, reception))
    channel = SandboxChannel(hub)
    app.include_router(payments.router(hub, pages, channel))
    app.include_router(payments_desk.router(hub, pages, reception, channel))
    app.include_router(extensions.router(hub, pages, reception))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
