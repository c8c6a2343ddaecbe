"""Chinese surnames and how they are read, the most frequent first.

Readings as surnames: pypinyin gives the usual one and is wrong for 单 曾 仇 解 区 查 朴 翟
and their like.
"""

import re

from heliu.identity.values.text import words

SINGLE = """
王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu
郭guo 何he 林lin 罗luo 高gao 郑zheng 梁liang 谢xie 宋song 唐tang 许xu 韩han 邓deng 冯feng 曹cao
彭peng 曾zeng 肖xiao 萧xiao 田tian 董dong 潘pan 袁yuan 蔡cai 蒋jiang 余yu 于yu 杜du 叶ye 程cheng
魏wei 苏su 吕lv 丁ding 任ren 卢lu 姚yao 沈shen 钟zhong 姜jiang 崔cui 谭tan 陆lu 范fan 汪wang
廖liao 石shi 金jin 韦wei 贾jia 夏xia 付fu 傅fu 方fang 邹zou 戴dai 熊xiong 白bai 孟meng 秦qin
邱qiu 侯hou 江jiang 尹yin 薛xue 阎yan 闫yan 段duan 雷lei 龙long 黎li 史shi 陶tao 贺he 毛mao
郝hao 顾gu 龚gong 邵shao 万wan 钱qian 严yan 赖lai 覃qin 洪hong 武wu 莫mo 孔kong 汤tang 向xiang
常chang 温wen 康kang 施shi 文wen 牛niu 樊fan 葛ge 邢xing 安an 齐qi 易yi 乔qiao 伍wu 庞pang 颜yan
倪ni 庄zhuang 聂nie 章zhang 鲁lu 岳yue 翟zhai 殷yin 詹zhan 申shen 欧ou 耿geng 关guan 兰lan
焦jiao 俞yu 左zuo 柳liu 骆luo 甘gan 祝zhu 包bao 宁ning 尚shang 符fu 舒shu 阮ruan 柯ke 纪ji 梅mei
童tong 凌ling 毕bi 单shan 季ji 裴pei 霍huo 涂tu 成cheng 苗miao 谷gu 曲qu 盛sheng 冉ran 翁weng
蓝lan 路lu 游you 辛xin 靳jin 管guan 柴chai 蒙meng 鲍bao 华hua 喻yu 祁qi 蒲pu 房fang 滕teng 屈qu
饶rao 解xie 牟mou 艾ai 尤you 时shi 阳yang 阴yin 穆mu 农nong 司si 卓zhuo 古gu 吉ji 缪miao 简jian
车che 项xiang 连lian 芦lu 麦mai 褚chu 娄lou 窦dou 戚qi 岑cen 景jing 党dang 宫gong 费fei 卜bu
冷leng 晏yan 席xi 卫wei 米mi 柏bai 宗zong 瞿qu 桂gui 全quan 佟tong 应ying 臧zang 闵min 苟gou
邬wu 边bian 卞bian 姬ji 师shi 和he 仇qiu 栾luan 隋sui 商shang 刁diao 沙sha 荣rong 巫wu 寇kou
桑sang 郎lang 甄zhen 丛cong 仲zhong 虞yu 敖ao 巩gong 明ming 佘she 池chi 查zha 麻ma 苑yuan 迟chi
邝kuang 官guan 封feng 谈tan 匡kuang 鞠ju 惠hui 荆jing 乐yue 冀ji 郁yu 胥xu 南nan 班ban 储chu
原yuan 栗li 燕yan 楚chu 鄢yan 劳lao 谌chen 奚xi 皮pi 粟su 冼xian 蔺lin 楼lou 盘pan 满man 闻wen
位wei 厉li 伊yi 仝tong 区ou 郜gao 海hai 阚kan 花hua 权quan 强qiang 帅shuai 屠tu 豆dou 朴piao
盖ge 练lian 廉lian 禹yu 井jing 祖zu 漆qi 巴ba 丰feng 支zhi 卿qing 国guo 狄di 平ping 计ji 索suo
宣xuan 晋jin 相xiang 初chu 门men 云yun 容rong 敬jing 来lai 扈hu 晁chao 芮rui 都du 普pu 阙que
浦pu 戈ge 伏fu 鹿lu 薄bo 邸di 雍yong 辜gu 羊yang 阿a 乌wu 母mu 裘qiu 亓qi 修xiu 邰tai 赫he
杭hang 况kuang 那na 宿su 鲜xian 印yin 逯lu 隆long 茹ru 诺nuo 战zhan 慕mu 危wei 玉yu 银yin 亢kang
嵇ji 公gong 哈ha 湛zhan 宾bin 戎rong 勾gou 茅mao 利li 於yu 呼hu 居ju 揭jie 干gan 但dan 尉wei
冶ye 斯si 元yuan 束shu 檀tan 衣yi 信xin 展zhan 昝zan 智zhi 幸xing 奉feng 植zhi 衡heng 富fu 尧yao
闭bi 由you 水shui 堵du 昌chang 酆feng 滑hua 邴bing 贲ben 麹qu 钮niu 羿yi 弓gong 牧mu 隗wei
山shan 宓mi 蓬peng 郗xi 仰yang 秋qiu 咸xian 籍ji 厍she 糜mi 松song 红hong 暨ji 步bu 弘hong
广guang 沃wo 蔚yu 越yue 夔kui 融rong 訾zi 空kong 毋wu 乜nie 养yang 须xu 巢chao 蒯kuai 后hou
竺zhu 益yi 桓huan 佴nai 丘qiu 竹zhu 酒jiu 仉zhang 督du 占zhan 撒sa 折she 员yun 种chong 繁po
召shao 行xing 逄pang 庹tuo 么yao 幺yao 眭sui 呙guo 晟cheng 洗xian 秘bi 黑he 能nai 句gou 过guo
颉xie 终zhong 暴bao 慎shen 郏jia 蒿hao 凤feng 习xi 郦li 璩qu 濮pu 庾yu 扶fu 宦huan 莘shen 韶shao
怀huai 鄂e 蓟ji 缑gou 禄lu 双shuang 东dong 鱼yu 皋gao 甯ning 蹇jian 雒luo 户hu 候hou 衷zhong
芶gou 冮gang 卯mao 汝ru 虎hu 闪shan 税shui 苌chang 仵wu 俎zu 邳pi 郇huan 刀dao 罕han 粘nian
肇zhao 钦qin 充chong 嘉jia 殳shu 贡gong 宰zai 荀xun 贝bei 诸zhu 寿shou 汲ji 钭tou 祭zhai
妫gui 笪da 芈mi 谯qiao 俸feng 禚zhuo 藏zang 麴qu
"""

COMPOUND = """
欧阳ouyang 司马sima 上官shangguan 诸葛zhuge 东方dongfang 皇甫huangfu 尉迟yuchi
公孙gongsun 慕容murong 令狐linghu 司徒situ 夏侯xiahou 长孙zhangsun 宇文yuwen 独孤dugu
南宫nangong 端木duanmu 轩辕xuanyuan 百里baili 呼延huyan 申屠shentu 钟离zhongli 澹台tantai
太史taishi 闻人wenren 万俟moqi 赫连helian 濮阳puyang 淳于chunyu 单于chanyu 公羊gongyang
仲孙zhongsun 东郭dongguo 西门ximen 拓跋tuoba 完颜wanyan 纳兰nalan 爱新aixin 司空sikong
司寇sikou 鲜于xianyu 乐正yuezheng 公西gongxi 谷梁guliang 闾丘lvqiu 漆雕qidiao 巫马wuma 羊舌yangshe
南门nanmen 东门dongmen 亓官qiguan 颛孙zhuansun 子车ziju 公冶gongye 梁丘liangqiu 左丘zuoqiu 第五diwu
叶赫yehe
"""

READING: dict[str, str] = dict(re.findall(r"([\u4e00-\u9fff]+)([a-z]+)", SINGLE + COMPOUND))

# How people and machines also read them, in passports and on forms.
ALSO_READ: dict[str, str] = dict(
    re.findall(
        r"(.)([a-z]+)",
        "覃tan 单dan 曾ceng 仇chou 解jie 区qu 查cha 朴pu 翟di 柏bo 盖gai 乐le 牟mu 郗chi 缪mou "
        "吕lu 逄feng 阚han 谌shen 莘xin 晟sheng 宓fu 祭ji 折zhe 召zhao 藏cang 郇xun 员yuan 尉yu "
        "隗kui 瞿ju".replace(" ", ""),
    )
)

# Latin surname to how frequent it is: 0 is 王. Where two words of a name could
# both be the surname, the more frequent one is taken, in either order.
RANK: dict[str, int] = {}
for place, (han, latin) in enumerate(READING.items()):
    # Two syllables are a surname rather than a given name, though fewer people bear it.
    RANK.setdefault(latin, min(place, 30) if len(han) > 1 else place)


# Chinese surnames as Hong Kong, Taiwan and South-East Asia spell them, where pinyin has no such
# surname. Not those that are as often something else, like Young.
ELSEWHERE = words(
    "chan wong cheung leung ng lau lam kwok tsang yeung chow yip yuen tse mak kwan fung chiu chui "
    "tsui poon ip szeto auyeung cheng hsu hsieh tsai tseng chiang kuo tsao hsiao chuang chien chou "
    "chao tsui teng liao lim goh ong teo koh chua tay yeo lee ho loh foo kwong lui shum tong tso "
    "yau cheuk choi chung leong wu-yang au-yeung sze kwek quek cheong heng"
)


def surname_of(han: str) -> str:
    """The surname a name in Chinese characters begins with, or "".

    >>> surname_of("欧阳修"), surname_of("张伟国"), surname_of("静待花开")
    ('欧阳', '张', '')
    """
    if han[:2] in READING:
        return han[:2]
    return han[0] if han and han[0] in READING else ""
