"""Write the small files that file-source tests read: `python tests/data/sources/make.py`.

customers_gb18030.csv   Chinese headings in GB18030, a name beyond GBK, dates spelt four ways
customers_utf8_bom.csv  a byte order mark, Windows line ends, a comma and a line break in a cell
members.xlsx            dates as spreadsheet numbers (with and without a date format), a phone as
                        a number, a long id as text, an empty row, a second sheet
shop_orders.csv         what a shop's export does to its readers: a second heading row, ids led by
                        a tab, an id the spreadsheet destroyed, two phones in a cell, a masked
                        phone, amounts with commas, signs and units, an empty amount, a total row
"""

import csv
import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).resolve().parent

CUSTOMERS = [
    ["客户编号", "姓名", "手机", "城市", "出生日期", "更新时间"],
    ["K001", "张㐂", "13800000001", "呼和浩特", "1990年3月7日", "2025年08月07日10时00分00秒"],
    ["K002", "李𠮷祥", "138-0000-0002", "重庆", "1988-12-01", "2025-08-07 10:00:00"],
    ["K003", "欧阳·阿依古丽", "＋86 138 0000 0003", "乌鲁木齐", "", "2025/08/07 10:00"],
    ["K004", "“王”（同学）", "", "", "2001/2/28", "2025/08/07"],
]
SUBSCRIBERS = [
    ["客户编号", "邮箱", "备注", "更新时间"],
    ["K001", "zhang@example.com", "想学会计, 周末班", "2025-08-07 10:00:00"],
    ["K002", "", "第一行\n第二行", "2025-08-07 10:00:01"],
]
SHOP_ORDERS = [
    ["主订单编号", "选购商品", "收件人手机号", "订单应付金额", "支付完成时间", "订单状态"],
    ["订单的唯一编号", "商品名称", "已脱敏", "单位：元", "北京时间", "见帮助中心"],
    [
        "\t6917926768823643751",
        "会计初级",
        "13800000001",
        "1,299.00",
        "2025/08/07 10:00:00",
        "已完成",
    ],
    [
        "'6917926768823643752",
        "焊工证",
        "13800000002/13800000003",
        "¥499",
        "2025-08-07 10:00",
        "已完成",
    ],
    ["6.9179E+18", "育婴师", "13800000004", "99", "2025-08-07 11:00:00", "已完成"],
    ["\t6917926768823643753", "叉车证", "138****0001", "1.2万", "2025年08月07日12时00分", "已发货"],
    ["\t6917926768823643754", "电工证", "##密文", "-", "-", "待支付"],
    ["合计", "", "", "14,997.00", "", ""],
]


def csv_bytes(rows: list[list[str]], encoding: str, line_end: str = "\n") -> bytes:
    """The rows as one CSV file's bytes."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode(encoding)


def members() -> bytes:
    """A workbook of two sheets; the same bytes whenever it is made."""
    book = Workbook()
    sheet = book.active
    sheet.title = "会员"
    sheet.append(["会员号", "姓名", "手机", "生日", "入会时间", "更新时间"])
    sheet.append(
        [
            "6917926768823643751",
            "张三",
            13800000001,
            date(1990, 3, 7),
            datetime(2025, 8, 7, 10, 30),
            45876,
        ]
    )
    sheet.append(["6917926768823643752", "李四", "13800000002", "1988-12-01", 45876.4375, None])
    sheet.append([])
    sheet.append([6917926768823643753, "王五", None, 32939, "2025年8月7日", "2025/08/07 10:30"])
    book.create_sheet("说明").append(["本表由门店填写"])
    buffer = io.BytesIO()
    book.save(buffer)
    return _timeless(buffer.getvalue())


def _timeless(data: bytes) -> bytes:
    """A workbook without the moment it was saved."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", b"2025-10-01T00:00:00Z", part)
            info = zipfile.ZipInfo(name)  # dated 1980
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, part)
    return out.getvalue()


def files() -> dict[str, bytes]:
    """Every sample by name."""
    return {
        "customers_gb18030.csv": csv_bytes(CUSTOMERS, "gb18030"),
        "customers_utf8_bom.csv": csv_bytes(SUBSCRIBERS, "utf-8-sig", "\r\n"),
        "members.xlsx": members(),
        "shop_orders.csv": csv_bytes(SHOP_ORDERS, "utf-8"),
    }


if __name__ == "__main__":
    for name, data in files().items():
        (HERE / name).write_bytes(data)
