"""Judgement, proposed by machine and decided by people: the nouns, a file each."""

from claims.models.alerts import Alert, AlertKind, CheckedChange
from claims.models.claims import Claim, Kind, Mention, State, Status, Step, current_status
from claims.models.corrections import Correction
from claims.models.dates import DatedModel, Precision, describe
from claims.models.decisions import Decision, Verb
from claims.models.disputes import Dispute, Event, TimelinePlace
from claims.models.dumps import Dump
from claims.models.evaluations import Evaluation
from claims.models.extractions import Extraction
from claims.models.following import (
    GAPS,
    Delivery,
    Follower,
    Mail,
    Pace,
    Ping,
    Subscription,
    Watermark,
    Webhook,
    WebhookState,
)
from claims.models.history import AuditEvent, HistoryHead, Operation
from claims.models.notices import Notice, NoticeKind, Task
from claims.models.parties import Alias, Party, PartyKind, System, Topic
from claims.models.redactions import RedactedCell
from claims.models.replies import Moderation, Reply, ReplyRequest
from claims.models.suggestions import Suggestion, SuggestionState
from claims.models.tallies import ArticleTally, DisputeTally, OutletTally, PartyTally, SystemTally, TopicTally
from claims.models.uses import ApiUse

__all__ = [
    "GAPS",
    "Alert",
    "AlertKind",
    "Alias",
    "ApiUse",
    "ArticleTally",
    "AuditEvent",
    "CheckedChange",
    "Claim",
    "Correction",
    "DatedModel",
    "Decision",
    "Delivery",
    "Dispute",
    "DisputeTally",
    "Dump",
    "Evaluation",
    "Event",
    "Extraction",
    "Follower",
    "HistoryHead",
    "Kind",
    "Mail",
    "Mention",
    "Moderation",
    "Notice",
    "NoticeKind",
    "Operation",
    "OutletTally",
    "Pace",
    "Party",
    "PartyKind",
    "PartyTally",
    "Ping",
    "Precision",
    "RedactedCell",
    "Reply",
    "ReplyRequest",
    "State",
    "Status",
    "Step",
    "Subscription",
    "Suggestion",
    "SuggestionState",
    "System",
    "SystemTally",
    "Task",
    "TimelinePlace",
    "Topic",
    "TopicTally",
    "Verb",
    "Watermark",
    "Webhook",
    "WebhookState",
    "current_status",
    "describe",
]
