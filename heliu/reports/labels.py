"""Stored words and what readers call them, Chinese and English; unknown ones show as they are."""

from heliu.reports.identity_labels import (
    CHANGES,
    EDGE_KIND,
    EDGE_REASONS,
    EDGE_STATUS,
    FIELDS,
    IDENTIFIER_STATUS,
    IDENTIFIERS,
    REJECTIONS,
    STEPS,
    UNIFY_COUNTS,
    Pairs,
)

STAGES: Pairs = {
    "collect": ("采集", "Collect"),
    "unify": ("合并", "Unify"),
    "retag": ("打标", "Retag"),
    "render": ("生成", "Render"),
    "distribute": ("分发", "Distribute"),
    "dispatch": ("发送", "Dispatch"),
    "report": ("报告", "Report"),
    "nightly": ("每晚全流程", "Nightly"),
}

RUN_STATUS: Pairs = {
    "running": ("进行中", "running"),
    "crashed": ("异常中断", "crashed"),
    "completed": ("已完成", "completed"),
    "failed": ("失败", "failed"),
    "reporting": ("报告已出", "reported"),
}

STATUS: Pairs = {
    "queued": ("待发送", "queued"),
    "sending": ("发送中", "sending"),
    "accepted": ("已受理", "accepted"),
    "delivered": ("已送达", "delivered"),
    "suppressed": ("主动不发", "suppressed"),
    "rejected": ("被拒收", "rejected"),
    "unknown": ("结果不明", "unknown"),
}

REASONS: Pairs = {
    "already": ("近期已收到过", "got it lately"),
    "holdout": ("对照组", "hold-out"),
    "suppressed": ("在禁发名单", "suppressed"),
    "no_address": ("没有可用地址", "no address"),
    "no_consent": ("未征得同意", "never asked for consent"),
    "opted_out": ("已退订", "opted out"),
    "duplicate": ("与他人同一地址", "same address as another"),
    "capped": ("超过频次上限", "frequency cap"),
    "not_rendered": ("内容生成失败", "could not be rendered"),
    "channel_off": ("渠道已关闭", "channel off"),
}

CHANNELS: Pairs = {
    "folder": ("文件夹(预览)", "folder (preview)"),
    "wecom": ("企业微信", "WeCom"),
    "sms": ("短信", "SMS"),
    "email": ("邮件", "e-mail"),
}

EVENTS: Pairs = {
    "course_view": ("浏览课程", "course view"),
    "login": ("登录", "login"),
    "trial_lesson": ("试听", "trial lesson"),
    "form_submit": ("提交表单", "form submit"),
    "service": ("服务", "service"),
    "order_created": ("下单", "order created"),
    "order_paid": ("付款", "order paid"),
    "order_refunded": ("退款", "order refunded"),
}

SERVICE: Pairs = {
    "enrolled": ("已报名", "enrolled"),
    "in_class": ("上课中", "in class"),
    "exam_booked": ("已约考", "exam booked"),
    "resolved": ("问题已解决", "resolved"),
    "studying": ("学习中", "studying"),
    "active": ("服务中", "in service"),
    "following": ("跟进中", "following up"),
    "paused": ("暂停", "paused"),
    "finished": ("已结课", "finished"),
    "graduated": ("已结课", "graduated"),
    "refund_pending": ("退款处理中", "refund pending"),
    "refunded": ("已退款", "refunded"),
    "complaint": ("投诉处理中", "complaint"),
    "closed": ("已关闭", "closed"),
}

RECEIPTS: Pairs = {
    "delivered": ("送达", "delivered"),
    "bounced": ("退信", "bounced"),
    "opened": ("打开", "opened"),
    "clicked": ("点击", "clicked"),
    "replied": ("回复", "replied"),
    "opted out": ("退订", "opted out"),
}

CAUSES: Pairs = {  # of a tag that entered or left a profile
    "event": ("行为", "events"),
    "profile": ("资料变更", "profile changed"),
    "time": ("时间推移", "time passing"),
    "rule": ("规则变更", "rule changed"),
    "merge": ("合并或拆分", "merge or split"),
    "hand": ("人工", "by hand"),
    "gone": ("客户不存在", "profile gone"),
    "backfill": ("历史补算", "backfill"),
}

WHY_FULL: Pairs = {  # why a run looked at everybody, or what it looked at
    "the first run": ("第一次打标", "the first run"),
    "asked for": ("全量运行", "asked for"),
    "tried again": ("重试", "tried again"),
    "the rules changed": ("规则有变", "the rules changed"),
    "back in time": ("回到过去的日期", "back in time"),
    "most were touched": ("大多数客户有变", "most were touched"),
    "what changed, and what time moved": (
        "只看有变的和到期的客户",
        "what changed, and what time moved",
    ),
}

COUNTS: Pairs = {
    "records": ("记录", "records"),
    "sources": ("来源", "sources"),
    "rows": ("行", "rows"),
    "new": ("新增", "new"),
    "changed": ("变更", "changed"),
    "same": ("未变", "same"),
    "deleted": ("删除", "deleted"),
    "quarantined": ("隔离", "quarantined"),
    "facts": ("事实", "facts"),
    "profiles": ("客户", "profiles"),
    "touched": ("涉及客户", "touched"),
    "merged": ("合并", "merged"),
    "split": ("拆分", "split"),
    "created": ("新建", "created"),
    "identifiers": ("标识", "identifiers"),
    "products": ("产品", "products"),
    **UNIFY_COUNTS,
    "tags": ("标签", "tags"),
    "held": ("标签人次", "tags held"),
    "entered": ("进入", "entered"),
    "left": ("离开", "left"),
    "campaigns": ("活动", "campaigns"),
    "stale": ("数据过旧，暂停", "held, data too old"),
    "audience": ("目标人群", "audience"),
    "allowed": ("可发送", "allowed"),
    "outbox": ("进入发件箱", "into the outbox"),
    "rendered": ("已生成", "rendered"),
    "not_rendered": ("生成失败", "not rendered"),
    "messages": ("消息", "messages"),
    "send": ("可发送", "to send"),
    "contents": ("不同内容", "contents"),
    **REASONS,
    **STATUS,
}

LATE: Pairs = {
    "source": ("来源", "source"),
    "tag": ("标签", "tag"),
}

LABELS: dict[str, Pairs] = {
    "stage": STAGES,
    "count": COUNTS,
    "run": RUN_STATUS,
    "status": STATUS,
    "reason": REASONS,
    "channel": CHANNELS,
    "identifier": IDENTIFIERS,
    "identifier_status": IDENTIFIER_STATUS,
    "edge_status": EDGE_STATUS,
    "edge_reason": EDGE_REASONS,
    "edge_kind": EDGE_KIND,
    "change": CHANGES,
    "field": FIELDS,
    "rejection": REJECTIONS,
    "unify_step": STEPS,
    "event": EVENTS,
    "service": SERVICE,
    "receipt": RECEIPTS,
    "cause": CAUSES,
    "why_full": WHY_FULL,
    "late": LATE,
}
