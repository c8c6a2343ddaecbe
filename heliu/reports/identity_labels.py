"""Stored words of identity and what readers call them, Chinese and English."""

Pairs = dict[str, tuple[str, str]]

IDENTIFIERS: Pairs = {
    "phone": ("手机号", "phone"),
    "landline": ("座机", "landline"),
    "email": ("邮箱", "e-mail"),
    "unionid": ("unionid", "unionid"),
    "openid": ("openid", "openid"),
    "douyin_openid": ("抖音 openid", "Douyin openid"),
    "weibo_uid": ("微博 uid", "Weibo uid"),
    "name_birthday": ("姓名加生日", "name and birthday"),
    "name and birthday": ("姓名加生日", "name and birthday"),
    "decision": ("人工判定", "decision"),
    "probability": ("字段相似度", "similarity"),
    "external_userid": ("企微外部联系人", "external_userid"),
    "member_id": ("会员号", "member id"),
    "id_number": ("证件号", "id number"),
}

IDENTIFIER_STATUS: Pairs = {
    "ok": ("可用", "ok"),
    "repaired": ("已修正", "repaired"),
    "landline": ("座机", "landline"),
    "role": ("公共邮箱", "role mailbox"),
    "service": ("服务热线", "hotline"),
    "blocked": ("占位或屏蔽", "blocked"),
    "masked": ("打码", "masked"),
    "invalid": ("无效", "invalid"),
}

EDGE_STATUS: Pairs = {
    "linked": ("已采用", "linked"),
    "refused": ("未采用", "not used"),
}

EDGE_KIND: Pairs = {
    "deterministic": ("规则", "rule"),
    "probabilistic": ("概率", "probabilistic"),
    "human": ("人工", "human"),
}

# What heliu/identity says of a piece of evidence; the types in it are IDENTIFIERS.
EDGE_REASONS: Pairs = {
    "decided same": ("人工判定为同一人", "decided same"),
    "decided different": ("人工判定为不同人", "decided different"),
    "same name and birthday": ("同名同生日，待人工确认", "same name and birthday"),
    "same name, weak identifier": ("同名且弱标识相同，待人工确认", "same name, weak identifier"),
    "names differ": ("姓名不一致", "names differ"),
    "birthdays differ": ("生日不一致", "birthdays differ"),
    "likely the same": ("多个字段相似", "likely the same"),
    "nameless among several": ("无姓名，归属不明", "nameless among several"),
    **{f"same {name}": (f"{zh}相同", f"same {en}") for name, (zh, en) in IDENTIFIERS.items()},
    **{f"two {name}s": (f"会出现两个{zh}", f"two {en}s") for name, (zh, en) in IDENTIFIERS.items()},
}

CHANGES: Pairs = {
    "created": ("新建", "created"),
    "grew": ("新增记录", "grew"),
    "shrank": ("减少记录", "shrank"),
    "merged": ("被合并", "merged"),
    "split": ("拆分", "split"),
    "restored": ("恢复", "restored"),
    "deleted": ("删除", "deleted"),
}

FIELDS: Pairs = {
    **IDENTIFIERS,
    "name": ("姓名", "name"),
    "gender": ("性别", "gender"),
    "birthday": ("生日", "birthday"),
    "province": ("省份", "province"),
    "city": ("城市", "city"),
    "company": ("公司", "company"),
    "exam_date": ("考试日期", "exam date"),
    "created_at": ("首次出现", "first met"),
    "updated_at": ("更新时间", "last told of"),
}

# Why normalising could not use a value.
REJECTIONS: Pairs = {
    **IDENTIFIER_STATUS,
    "nickname": ("昵称，不是姓名", "a nickname"),
    "surname_only": ("只有姓", "a surname alone"),
    "unknown gender": ("性别看不懂", "unknown gender"),
    "no such day": ("没有这一天", "no such day"),
    "implausible date": ("日期不合常理", "implausible date"),
    "ambiguous date": ("日月顺序不明", "ambiguous date"),
    "not a date": ("不是日期", "not a date"),
    "not a whole number": ("不是整数", "not a whole number"),
    "number too large": ("数字太大", "number too large"),
}

STEPS: Pairs = {
    "normalise": ("整理", "normalise"),
    "load": ("读取", "load"),
    "affected": ("找出受影响的", "find what is affected"),
    "resolve": ("判定", "resolve"),
    "match": ("概率匹配", "match"),
    "golden": ("黄金字段", "golden values"),
    "publish": ("判定与发布", "resolve and publish"),
    "report": ("报告", "report"),
}

UNIFY_COUNTS: Pairs = {
    "normalised": ("整理记录", "normalised"),
    "profiles_created": ("新建档案", "profiles created"),
    "profiles_grown": ("扩充档案", "profiles grown"),
    "profiles_merged": ("合并档案", "profiles merged"),
    "profiles_split": ("拆分档案", "profiles split"),
    "profile_rows": ("写入档案", "profile rows"),
    "memberships_opened": ("归属新增", "memberships opened"),
    "memberships_closed": ("归属结束", "memberships closed"),
    "golden_values": ("黄金字段", "golden values"),
    "profile_events": ("档案变动", "profile events"),
    "facts_moved": ("事实归人", "facts moved"),
    "edges": ("匹配", "edges"),
    "profiles_restored": ("恢复档案", "profiles restored"),
    "profiles_deleted": ("删除档案", "profiles deleted"),
    "aliases_opened": ("新增别名", "aliases opened"),
    "aliases_closed": ("结束别名", "aliases closed"),
    "review_opened": ("新进待审", "review opened"),
    "review_closed": ("审结", "review closed"),
    "peak_mib": ("内存峰值 MiB", "peak memory MiB"),
    "stopped": ("审计拦截", "stopped by the audit"),
}
