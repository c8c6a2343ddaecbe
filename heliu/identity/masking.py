"""Values as they may be shown where others look over one's shoulder."""


def masked(type_: str, value: str) -> str:
    """A value that its owner knows and nobody else can use.

    >>> masked("phone", "+8613912345678"), masked("email", "wang.wu@qq.com")
    ('+86139****5678', 'w***@qq.com')
    >>> masked("name", "李涵轩"), masked("birthday", "1990-05-06"), masked("openid", "oX1")
    ('李**', '1990-**-**', '***')
    >>> masked("unionid", "o6_bmjrPTlm6_2sgVt7h"), masked("name_birthday", "1990-05-06 li han")
    ('o6_***t7h', '1990***han')
    """
    if type_ == "phone" and len(value) > 8:
        return f"{value[:-8]}****{value[-4:]}"
    if type_ == "email":
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}***@{domain}"
    if type_ == "name":
        return value[:1] + "*" * min(len(value) - 1, 3)
    if type_ == "birthday":
        return f"{value[:4]}-**-**"
    start, end = (4, 3) if type_ == "name_birthday" else (3, 3)
    return f"{value[:start]}***{value[-end:]}" if len(value) > 9 else "***"
