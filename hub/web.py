"""The hub as a web application, made from the parts it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from hub.attachments import desk_panel as attachments
from hub.bells import routes as bells
from hub.boards import routes as boards
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
from hub.gateway import desk_panel as case_data
from hub.gateway import node_routes
from hub.gateway import pages as data_pages
from hub.gateway import sandbox_routes as sandbox_sources
from hub.gateway.desk_panel import data_panel
from hub.gateway.reading import Gateway
from hub.gateway.remote import port_of
from hub.gateway.sandbox import SandboxSources
from hub.gateway.waiting import SourceWorker
from hub.houses import routes as houses
from hub.houses.following import HouseWorker
from hub.houses.panel import houses_panel
from hub.houses.sandbox import SandboxDeveloper
from hub.hub import Hub
from hub.identity import account_changes_routes, account_routes, accounts_routes, audit_routes, sign_in_routes
from hub.identity.oidc import routes as province
from hub.notices import desk_routes as calls
from hub.notices import sandbox_routes as sandbox_sms
from hub.notices.desk_panel import notices_panel
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.pages.render import STATIC, Pages
from hub.parties.panel import parties_panel
from hub.payments import desk_routes as payments_desk
from hub.payments import routes as payments
from hub.payments.desk_panel import payment_panel
from hub.payments.sandbox import SandboxChannel
from hub.payments.worker import PaymentWorker
from hub.prefill.source import GatewaySource
from hub.problems import install
from hub.ratings import desk_routes as bad_ratings
from hub.ratings import routes as ratings
from hub.ratings.desk_routes import rating_panel
from hub.rechecks import routes as rechecks
from hub.referrals import routes as outside
from hub.referrals.following import OutsideWorker
from hub.referrals.panel import outside_panel
from hub.referrals.reading import reads_by_voucher
from hub.referrals.sandbox import sandbox_parties
from hub.reply_signature import ReplySignature
from hub.reviews import routes as reviews
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
    sources, sms, developer = SandboxSources(hub), SandboxSms(hub), SandboxDeveloper(hub)
    gateway = Gateway(hub, port_of(hub, sources))
    parties = sandbox_parties(hub, reads_by_voucher(hub, gateway))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        beside = (
            CertificateWorker(hub),
            DeliveryWorker(hub, courier),
            PaymentWorker(hub),
            SourceWorker(hub, gateway),
            NoticeWorker(hub, sms),
            OutsideWorker(hub, parties),
            HouseWorker(hub, (developer,), hub.projects),
        )
        workers = (DecisionWorker(hub, gateway=gateway), *beside) if decide else ()
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
    reception = Reception(hub)
    about_case = (
        course_panel,
        theme_panel,
        form_panel,
        data_panel,
        rechecks.recheck_panel,
        needs_panel,
        attachments.attachments_panel,
        deliveries.delivery_panel,
        notices_panel,
        journal_panel,
    )
    makers = (
        reviews.review_panel,
        parties_panel,
        houses_panel,
        outside_panel,
        papers_panel,
        payment_panel,
        rating_panel,
        *about_case,
    )
    channel = SandboxChannel(hub)
    rooms = (
        operations.router(hub),
        enrolments.router(hub, gateway.port),
        terminals.router(hub),
        blobs.router(hub),
        claims.router(hub),
        prefill.router(hub, GatewaySource(hub, gateway)),
        slips.router(hub),
        houses.router(hub, pages, reception, developer, hub.projects),
        certificates.router(hub, pages),  # before the slips' page, whose address takes any word
        vouchers.router(hub, pages, reception, gateway),
        verify.router(hub, pages),
        console.router(hub, pages, reception),
        sign_in_routes.router(hub, pages, reception),
        province.router(hub, pages, reception),
        account_routes.router(hub, pages, reception),
        accounts_routes.router(hub, pages, reception),
        account_changes_routes.router(hub, pages, reception),
        audit_routes.router(hub, pages, reception),
        carry.router(hub, pages, reception),
        terminal_care.router(hub, reception),
        desk.router(hub, pages, reception, makers),
        desk_course.router(hub, reception),
        bells.router(hub, reception),
        attachments.router(hub, reception),
        deliveries.router(hub, reception),
        sandbox_routes.router(courier, reception),
        outside.router(hub, pages, parties, reception),
        sandbox_sources.router(hub, sources, reception),
        data_pages.router(hub, pages, reception),
        node_routes.router(hub, gateway),
        case_data.router(hub, reception, gateway),
        seals.router(hub, pages, reception),
        calls.router(hub, pages, reception),
        sandbox_sms.router(hub, pages, reception, sms),
        ratings.router(hub, pages, reception),
        reviews.router(hub, pages),
        rechecks.router(hub, pages, reception),
        bad_ratings.router(hub, pages, reception),
        payments.router(hub, pages, channel),
        payments_desk.router(hub, pages, reception, channel),
        extensions.router(hub, pages, reception),
        boards.router(hub, pages, reception),
    )
    for room in rooms:
        app.routes.extend(room.routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
