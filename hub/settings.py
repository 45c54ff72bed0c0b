"""Every bound of the hub with its name, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from hub.identity.oidc.client import OidcClient
from offline.wire.attachment import MAX_SEALED_BYTES
from offline.wire.batch import MAX_BATCH_BYTES, MAX_BATCH_EVENTS
from offline.wire.carry import MAX_PART_BYTES


@dataclass(frozen=True, slots=True)
class HubSettings:
    """What an installation may change; the defaults suit one county on one machine."""

    silence_s: float = 90.0  # no heartbeat for longer: the terminal is unknown, never fine
    request_bytes: int = MAX_BATCH_BYTES + 64 * 1024
    batch_events: int = MAX_BATCH_EVENTS
    chain_window: int = 2_000  # events waiting behind a gap in a chain that are looked at together
    changes_page: int = 200
    console_page: int = 100
    claim_tries_per_minute: int = 30  # per terminal, or per address on the phone page
    watched_callers: int = 10_000  # callers a rate limit remembers at once
    enrolment_hours: int = 72
    session_hours: int = 10
    real_name_minutes: int = 120  # from the beginning of a visit to what it files
    login_tries: int = 5
    address_tries: int = 30  # wrong passwords from one network address within lockout_minutes, then it waits as long
    proxies: str = ""  # addresses of proxies, by commas, whose word on where a caller is counts; none: nobody's
    passwords_at_once: int = 4  # looked at in a process; the others wait, so that guesses cannot fill the memory
    second_factor: bool = True  # of the staff, besides the password
    factor_tries: int = 5  # wrong codes, then the account's codes are locked for lockout_minutes
    account_rows: int = 500  # of the page of accounts
    account_change_hours: int = 72  # what was begun at an account waits so long for the second person
    account_log_rows: int = 20  # of what was done to one's own account
    audit_rows: int = 200  # entries that an auditor sees at once
    audit_table_rows: int = 20_000  # entries of one table for a spreadsheet
    factor_minutes: int = 10  # between password and code
    lockout_minutes: int = 15
    lease_s: float = 15.0  # a decision claimed for longer is taken over by another worker
    decision_attempts: int = 5  # then a person looks at the case
    decision_poll_s: float = 1.0
    decision_batch: int = 20
    refresh_s: int = 5  # how often an open console page asks again
    blob_bytes: int = MAX_SEALED_BYTES  # one sealed picture
    blob_piece_least: int = 4096  # smaller pieces only at the end
    blob_bytes_of_terminal: int = 256 * 1024 * 1024  # pictures of one terminal that nobody has looked at yet
    attachment_days: int = 30  # so long after the decision what was given besides words stays
    picture_days: int = 30  # after so many days a picture goes, also when nobody has decided
    sweep_s: float = 3600.0  # how often old pictures are looked for
    sweep_batch: int = 500
    desk_reason_chars: int = 200  # what a clerk may write to a resident
    credential_days: int = 30  # a terminal's credential; the agent renews it when a third is left
    credential_grace_days: int = 60  # over for longer: a person has to let the terminal in again
    reenrol_hours: int = 24  # how long a code for that is good, and the agreement to it
    reenrol_tries: int = 5
    reenrol_interval_s: float = 60.0  # how often a terminal asks whether somebody has agreed
    replay_memory: int = 200_000  # requests a process remembers at once
    replay_sweep_s: float = 60.0  # how often the ones all replicas remember are swept
    refusal_write_s: float = 10.0  # a count of refusals is written at most so often
    card_decoder: tuple[str, ...] = ()  # turns a card's 1024 WLT bytes into a PNG; none: the card's photo is not shown
    card_decoder_s: float = 5.0
    carry_part_bytes: int = MAX_PART_BYTES  # one part of a stick
    carry_days: int = 180  # after so many days it is forgotten that a part came; its events stay
    carry_others_s: float = 20.0  # so long a stick waits for cases that another worker is deciding
    carry_rows: int = 50  # sticks that the console lists
    carry_answer_parts: int = 500  # parts of answers for one terminal on one stick
    starts_kept: int = 30  # per terminal: starts of its machine, by which a time in doubt is placed
    region_helpers: int = 500
    region_dues: int = 5_000  # per terminal
    clock_yellow_share: float = 0.7  # of a limit used: the case's light turns yellow
    clock_batch: int = 500  # clocks read anew in one transaction
    clock_sweep_s: float = 600.0  # how often clocks that turn by themselves are looked for
    desk_queue: int = 200  # cases of one list of the desk
    papers_days: int = 15  # what a clerk asks for is to be brought within so many days
    papers_most: int = 12  # papers one case may wait for
    call_batch: int = 50  # events about cases taken up at once
    outside_poll_s: float = 2.0  # how often cases that lie with an outside party are looked for
    outside_batch: int = 50
    outside_ask_s: float = 10.0  # between two questions to a party about one case; doubled each time in vain
    outside_ask_most_s: float = 3600.0
    outside_late_hours: float = 72.0  # without an answer: the resident is told that it is late
    sandbox_outside_s: float = 5.0  # a sandbox party (演示) answers after so long
    word_batch: int = 50  # words of parties taken up or told of at once
    word_days: int = 30  # a word that names no case which is here waits so long; an end is told so long
    export_page: int = 500  # cases of one page of an export
    delivery_poll_s: float = 5.0  # how often deliveries that are due are looked for
    delivery_batch: int = 50
    delivery_ask_s: float = 60.0  # between two questions to a courier about one parcel
    delivery_ask_most_s: float = 3600.0  # and at the most, where it does not answer
    delivery_late_days: int = 5  # without news: the resident is told that it is late
    sandbox_courier_leaves_s: float = 60.0  # the sandbox courier (演示) has a parcel on its way after so long
    sandbox_courier_brings_s: float = 180.0
    journal_shown: int = 100
    database_connections: int = 20  # to PostgreSQL, a process
    database_wait_s: float = 10.0  # for one of these
    database_connect_s: float = 5.0
    database_statement_s: float = 30.0  # PostgreSQL ends what runs longer
    database_lock_s: float = 5.0  # for what another transaction holds, on both databases
    database_idle_s: float = 60.0  # PostgreSQL ends a transaction in which nothing happens for longer
    prefill_per_minute: int = 30  # questions of one terminal before forms are filled in
    voucher_reads_per_minute: int = 20  # of one voucher: each is written down and told to its holder
    source_kept_s: float = 86_400.0  # an answer of a source serves its case for so long, and never longer than the case
    source_poll_s: float = 2.0  # how often cases that wait for a source are looked for
    source_batch: int = 50
    source_log_days: int = 1_095  # for so long it is known who read what
    source_retry_s: float = 2.0  # a silent source is asked again after so long, then doubled up to the most
    source_retry_most_s: float = 600.0
    source_wait_hours: float = 24.0  # silent for longer: a person looks at the case
    source_rows: int = 200  # reads, requests or contradictions that a page lists
    source_report_days: int = 30  # a report on a source's quality looks so far back
    centre_url: str = ""  # a city's node asks this provincial centre for what it has not itself; none: it is the centre
    centre_node: str = ""  # under which name the centre knows this node
    centre_key: str = ""  # the centre's sealing key (b64), handed over when the node was registered
    centre_s: float = 3.0  # the centre's deadline
    centre_sync_s: float = 60.0  # how often the centre's approvals and mounts are fetched
    sandbox_source_late_s: float = 20.0  # a late sandbox source (演示) answers after so long
    oidc: OidcClient | None = None  # the province's identity provider for the staff; none: passwords alone
    public_url: str = "http://127.0.0.1:8080"  # where anyone's phone reaches this hub; stands in the QR of papers
    stamp_url: str = ""  # a time-stamp authority (RFC 3161); none: the sandbox's own (演示)
    stamp_s: float = 5.0  # its deadline
    paper_batch: int = 5  # certificates a worker makes before it looks up
    paper_lease_s: float = 60.0
    paper_retry_s: float = 10.0  # after a silent time-stamp or a missing seal, doubled up to the most
    paper_retry_most_s: float = 600.0
    paper_views: int = 8  # papers of one case that its view names
    paper_rows: int = 200  # waiting papers, seals or uses that a page lists
    chain_entries: int = 256  # in one block
    chain_page: int = 200  # blocks in one reply
    seal_code_tries: int = 5  # wrong codes, then the seal is locked for lockout_minutes
    revocation_days: int = 7  # how long a list of revoked seals (/verify/seals.crl) holds
    verify_pdf_bytes: int = 4 * 1024 * 1024  # a paper that somebody wants checked
    pay_hours: int = 72  # an order can be paid for so long; then its case is closed with the reason
    pay_again_days: int = 300  # within so many days the same is not paid twice for one person
    pay_ask_s: float = 10.0  # no notice came for so long after the phone began: the channel is asked, then doubled
    pay_ask_most_s: float = 1800.0
    pay_channel_s: float = 5.0  # the channel's deadline
    pay_notice_days: int = 7  # older notices are not believed
    pay_notice_tries: int = 8  # of the sandbox
    pay_sandbox_late_s: float = 300.0
    pay_batch: int = 20
    pay_reconcile_hour: int = 1  # local: from then on yesterday is reconciled
    pay_reconcile_days: int = 7  # a day whose statement is missing is asked for again for so long
    pay_rows: int = 200  # tickets of one list
    withdrawn_rows: int = 20_000  # certificates that no longer count, in a list for checking without a network
    notice_ways: tuple[str, ...] = ("card", "sms", "call")  # by which a notice is told, one after the other
    notice_sms_hours: float = 4.0  # unheard at a card for longer: an SMS goes to who has agreed to it
    notice_call_hours: int = 72  # unheard for longer, and no SMS reached her: a clerk calls
    notice_unseen_days: int = 5  # an SMS said that she has to come, and she has not: a clerk calls
    notice_quiet_from: int = 21  # local hour: no SMS from then on …
    notice_quiet_to: int = 8  # … until this one
    notice_poll_s: float = 5.0  # how often it is looked for what is to be sent or asked
    notice_batch: int = 50
    sms_ask_s: float = 60.0  # between two questions to the gateway about one text
    sms_ask_most_s: float = 3600.0  # and at the most, where it says nothing
    sms_give_up_hours: float = 24.0  # nothing said for longer: it counts as not delivered
    sandbox_sms_brings_s: float = 30.0  # the sandbox gateway (演示) has delivered a text after so long
    sandbox_sms_late_s: float = 7_200.0  # and after so long where it is late
    notice_at_once_s: float = 60.0  # an answer that came so soon was heard at the terminal that waited for it
    notice_slip_days: int = 30  # a slip or paper that nobody came for in so long is off the call list
    notice_rows: int = 200
    bell_above_minutes: float = (
        5.0  # a terminal's bell that nobody in the village answered for longer goes to those above
    )
    bell_lapse_minutes: float = 20.0  # nobody answered for longer: the terminal says that nobody comes
    bell_coming_minutes: float = 30.0  # who said that they come and never said how it ended
    bells_per_hour: int = 12  # of one terminal
    bell_again_s: float = 300.0  # after so many, the next one
    bell_asks_per_minute: int = 60  # how often one terminal may ask how its bell stands
    bell_shown_hours: float = 12.0  # for so long an unsettled bell stands on the desk
    bell_rows: int = 50  # of the desk
    rating_contact_days: int = 1  # working days until whoever gave a bad rating is called
    rating_simple_days: int = 5  # until a clear matter is settled
    rating_complex_days: int = 15
    rating_extension_days: int = 15  # all extensions of one ticket together
    rating_calls: int = 3  # unanswered, then it goes on without having spoken
    rating_rows: int = 200  # tickets of one list
    indicators_least: int = 5  # of fewer ratings no share is published: it would tell who said what
    indicators_months: int = 12  # that can be looked at
    indicators_rows: int = 500
    board_least: int = 5  # with fewer cases behind it no figure is shown: it would tell of single people
    board_cases: int = 20_000  # of a month that a board looks at
    board_days: int = 400  # for so many days back working days are counted
