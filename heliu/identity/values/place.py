"""Provinces and cities of China by their short names; other places as they came."""

import re
from functools import lru_cache
from typing import NamedTuple

from heliu.identity.values.han import HAN, phrase, simplified
from heliu.identity.values.text import clean, is_empty

# A province on each line that begins with one, then its cities.
BY_PROVINCE = """
北京: 北京
上海: 上海
天津: 天津
重庆: 重庆
河北: 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 雄安
山西: 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
内蒙古: 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安 锡林郭勒 阿拉善
辽宁: 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛
吉林: 长春 吉林 四平 辽源 通化 白山 松原 白城 延边
黑龙江: 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭
江苏: 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 昆山
浙江: 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 义乌
安徽: 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城
福建: 福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德
江西: 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶
山东: 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽
河南: 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店
   济源
湖北: 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架
湖南: 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西
广东: 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山
   潮州 揭阳 云浮
广西: 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左
海南: 海口 三亚 三沙 儋州 琼海 文昌 万宁 东方
四川: 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳
   阿坝 甘孜 凉山
贵州: 贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南
云南: 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆
西藏: 拉萨 日喀则 昌都 林芝 山南 那曲 阿里
陕西: 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛
甘肃: 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南
青海: 西宁 海东 海北 黄南 果洛 玉树 海西
宁夏: 银川 石嘴山 吴忠 固原 中卫
新疆: 乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 喀什 和田 伊犁 塔城 阿勒泰
   石河子
香港: 香港
澳门: 澳门
台湾: 台北 高雄 台中 台南 新竹 嘉义 基隆 桃园 新北
"""


def _read(text: str) -> dict[str, list[str]]:
    lines = text.replace("\n  ", "").split("\n")
    pairs = (line.split(":") for line in lines if line)
    return {province: cities.split() for province, cities in pairs}


CITIES = _read(BY_PROVINCE)
PROVINCE_OF = {city: province for province, cities in CITIES.items() for city in cities}
PROVINCE = re.compile(rf"({'|'.join(CITIES)})(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)?")
CITY = re.compile(rf"({'|'.join(sorted(PROVINCE_OF, key=len, reverse=True))})")
NOWHERE = ("其他", "其它", "海外", "国外", "中国", "国内", "全国", "外地", "本地", "地球", "未设置")


def _read_signs(text: str) -> dict[str, str]:
    return {word[0]: word[1:] for word in text.split()}


# Names of the street; a province's sign alone where nothing else is written.
ALIASES = {
    **_read_signs(
        "冀河北 晋山西 辽辽宁 吉吉林 黑黑龙江 苏江苏 浙浙江 皖安徽 闽福建 赣江西 鲁山东 豫河南 "
        "鄂湖北 "
        "湘湖南 粤广东 桂广西 琼海南 川四川 蜀四川 贵贵州 黔贵州 云云南 滇云南 藏西藏 陕陕西 "
        "甘甘肃 "
        "陇甘肃 青青海 宁宁夏 新新疆 港香港 澳澳门 台台湾 京北京 津天津 沪上海 渝重庆"
    ),
    "内蒙": "内蒙古",
    **dict.fromkeys(("帝都", "首都", "北平"), "北京"),
    **dict.fromkeys(("魔都", "申城"), "上海"),
    **dict.fromkeys(("羊城", "花城", "穗"), "广州"),
    **dict.fromkeys(("鹏城", "深"), "深圳"),
    **dict.fromkeys(("蓉城", "蓉"), "成都"),
    **dict.fromkeys(("山城", "雾都"), "重庆"),
    **dict.fromkeys(("泉城",), "济南"),
    **dict.fromkeys(("金陵",), "南京"),
    **dict.fromkeys(("襄樊",), "襄阳"),
    **dict.fromkeys(("思茅",), "普洱"),
    **dict.fromkeys(("巢湖",), "合肥"),
    **dict.fromkeys(("莱芜",), "济南"),
}  # fmt: skip
SEPARATORS = re.compile(r"[-\s,、/|>·—_.]+")
END = re.compile(r"(?<=[\u4e00-\u9fff]{2})(?:市|地区|自治州|盟)$")


FOLD = re.compile(r"[\s'’.-]+")
END_LATIN = re.compile(r"(?:city|shi|province|sheng|municipality|sar)$")
# What pinyin doesn't give, or what is meant of two places it gives one spelling.
LATIN = {
    "peking": "北京", "canton": "广州", "hongkong": "香港", "hk": "香港", "hksar": "香港",
    "macau": "澳门", "macao": "澳门", "taiwan": "台湾", "taipei": "台北", "kaohsiung": "高雄",
    "taichung": "台中", "tainan": "台南", "hsinchu": "新竹", "innermongolia": "内蒙古",
    "neimenggu": "内蒙古", "tibet": "西藏", "shaanxi": "陕西", "shanxi": "山西",
    "hohhot": "呼和浩特",
    "urumqi": "乌鲁木齐", "harbin": "哈尔滨", "lhasa": "拉萨", "kashgar": "喀什", "xiamen": "厦门",
    "amoy": "厦门", "chongqing": "重庆", "changchun": "长春", "changsha": "长沙", "suzhou": "苏州",
    "fuzhou": "福州", "chengdu": "成都", "jilin": "吉林", "hainan": "海南", "qiqihar": "齐齐哈尔",
    "ordos": "鄂尔多斯", "tsingtao": "青岛", "nanking": "南京", "xian": "西安",
}  # fmt: skip


class Place(NamedTuple):
    """Province and city; "" where the text doesn't tell."""

    province: str
    city: str


@lru_cache(maxsize=20_000)
def normalise_place(text: str) -> Place:
    """Province and city of "广东省深圳市南山区", "重庆 重庆", "广西" or "Hull".

    >>> normalise_place("广东省深圳市南山区"), normalise_place("广西 南宁")
    (Place(province='广东', city='深圳'), Place(province='广西', city='南宁'))
    >>> normalise_place("广西"), normalise_place("Hull")
    (Place(province='广西', city=''), Place(province='', city='Hull'))
    """
    cleaned = clean(text)
    if is_empty(cleaned) or cleaned in NOWHERE:
        return Place("", "")
    if not HAN.search(cleaned):
        return latin_place(cleaned) or Place("", cleaned)
    words = SEPARATORS.sub("", simplified(cleaned)).removeprefix("中国")
    words = ALIASES.get(words, words)
    if words in NOWHERE or not words:
        return Place("", "")
    if match := PROVINCE.match(words):
        return _in_province(match[1], words[match.end() :])
    if match := CITY.match(words):
        return Place(PROVINCE_OF[match[1]], match[1])
    return Place("", END.sub("", words))


def latin_place(text: str) -> Place | None:
    """Shenzhen, "Guangdong, China", Xi'an; None for what isn't in China or can't be told."""
    parts = [FOLD.sub("", part.casefold()) for part in re.split(r"[,/;|]", text)]
    parts = [part for part in parts if part and part not in ("china", "prchina", "prc", "cn")]
    if not parts:
        return Place("", "")
    known = [
        latin_names().get(part) or latin_names().get(END_LATIN.sub("", part)) for part in parts
    ]
    if not known[0]:
        return None
    cities = [name for name in known if name in PROVINCE_OF]
    provinces = [name for name in known if name in CITIES]
    city = cities[0] if cities else ""
    return Place(PROVINCE_OF.get(city, provinces[0] if provinces else ""), city)


@lru_cache(maxsize=1)
def latin_names() -> dict[str, str]:
    """Latin spelling, lower case without blanks, to city or province; those of one place only."""
    spelled: dict[str, set[str]] = {}
    for name in {*PROVINCE_OF, *CITIES}:
        spelled.setdefault(phrase(name), set()).add(name)
    known = {latin: names.pop() for latin, names in spelled.items() if len(names) == 1}
    return known | LATIN


def _in_province(province: str, rest: str) -> Place:
    """What follows a province's name: one of its cities, or something we don't know."""
    if CITIES[province] == [province]:
        return Place(province, province)
    match = CITY.match(rest)
    if match and PROVINCE_OF[match[1]] == province:
        return Place(province, match[1])
    return Place(province, END.sub("", rest))
