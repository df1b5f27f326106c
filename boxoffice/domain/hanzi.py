"""How Chinese names are read, where a dictionary of single characters would be wrong.

By such a dictionary 单 is dan, but Mrs 单 is Mrs Shan. These few must be right, because people at the desk
type a name as they hear it. Where two readings are in use, both stand here. The dictionary itself is no
part of this: it comes in as a function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

Readings = Callable[[str], Sequence[str]]
"""The ways in which one Han character is read aloud: plain syllables, the usual one first, `v` for ü."""


class Reading(NamedTuple):
    """How Han characters are read: the syllables that each may be, and how many of them are a surname."""

    choices: list[tuple[str, ...]]
    surname: int = 0


def is_han(character: str) -> bool:
    """Whether this is a Chinese character (also where it writes Japanese or Korean)."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3400" <= character <= "\u4dbf"
        or "\U00020000" <= character <= "\U000323af"
    )


def read_name(characters: str, readings: Readings) -> Reading:
    """Surname first; it is known by its character, and given names may be read in two ways."""
    surname = _surname(characters, readings)
    given = [GIVEN.get(one) or _usual(one, readings) for one in characters[len(surname) :]]
    return Reading([_plainly_typed(one) for one in surname + given], len(surname))


def _surname(characters: str, readings: Readings) -> list[tuple[str, ...]]:
    if characters[:2] in COMPOUND_SURNAMES:
        return [(syllable,) for syllable in COMPOUND_SURNAMES[characters[:2]]]
    return [SURNAMES.get(characters[0]) or _usual(characters[0], readings)]


def read_words(characters: str, readings: Readings) -> Reading:
    """Names of companies and places."""
    return Reading([_plainly_typed(one) for one in _by_words(characters, readings)])


def _by_words(characters: str, readings: Readings) -> Iterator[tuple[str, ...]]:
    at = 0
    while at < len(characters):
        known = WORDS.get(characters[at : at + 2])
        if known is None:
            yield _usual(characters[at], readings)
            at += 1
            continue
        yield from ((one,) for one in known)
        at += 2


def _usual(character: str, readings: Readings) -> tuple[str, ...]:
    return tuple(readings(character)[:1]) or (character,)


def _plainly_typed(syllables: tuple[str, ...]) -> tuple[str, ...]:
    """With the ways in which people type a ü."""
    return tuple(dict.fromkeys(way for one in syllables for way in _PLAIN_VOWELS.get(one, (one,))))


_PLAIN_VOWELS = {
    "lv": ("lv", "lu", "lyu"),
    "nv": ("nv", "nu", "nyu"),
    "lve": ("lve", "lue"),
    "nve": ("nve", "nue"),
}


def _table(text: str, characters: int) -> dict[str, tuple[str, ...]]:
    """From entries `单單 shan`: the same reading for the simple and the full form."""
    found = {}
    for entry in text.replace("\n", "|").split("|"):
        if entry.strip():
            spelled, *syllables = entry.split()
            for at in range(0, len(spelled), characters):
                found[spelled[at : at + characters]] = tuple(syllables)
    return found


SURNAMES = _table(
    """
    单單 shan | 曾 zeng | 仇 qiu | 解 xie | 任 ren | 查 zha | 区區 ou | 朴 piao pu | 盖蓋 ge gai | 翟 zhai di
    缪繆 miao | 宓 mi fu | 覃 qin tan | 乐樂 yue le | 员員 yun | 贾賈 jia | 洗 xian | 冼 xian | 种 chong | 召 shao
    折 she | 黑 he hei | 秘 bi mi | 尉 wei | 能 nai | 郇 xun huan | 逄 pang | 繁 po | 晁 chao | 柏 bai bo | 葛 ge
    燕 yan | 宁寧 ning | 应應 ying | 訾 zi | 仉 zhang | 纪紀 ji | 车車 che | 谌諶 chen shen | 隗 wei kui | 卜 bu
    牟 mu mou | 瞿 qu | 句 gou ju | 盛 sheng | 石 shi | 沈 shen | 薄 bo | 祭 zhai | 过過 guo | 曲 qu | 相 xiang
    都 du | 干 gan | 侯 hou | 华華 hua | 角 jue | 冯馮 feng | 隋 sui | 强強 qiang | 少 shao | 撒 sa | 难難 ning
    殷 yin | 俞 yu | 詹 zhan | 那 na | 尹 yin | 藏 zang | 重 chong | 钻鑽 zuan | 佴 nai | 麻 ma | 幺 yao | 适適 kuo
    长長 chang zhang | 行 xing | 朝 chao | 呙咼 guo | 夏 xia | 褚 chu | 卓 zhuo | 炅 gui | 肖 xiao | 郗 xi chi
    郝 hao | 奇 qi | 奚 xi | 涂塗 tu | 厍 she | 阚闞 kan | 万萬 wan | 令 ling | 吕呂 lv | 闾閭 lv | 率 lv shuai
    会會 gui | 叶葉 ye | 洪 hong | 红紅 hong | 没沒 mo | 阿 e a
    """,
    characters=1,
)
"""Surnames of one character."""

COMPOUND_SURNAMES = _table(
    """
    欧阳歐陽 ou yang | 司马司馬 si ma | 上官 shang guan | 诸葛諸葛 zhu ge | 东方東方 dong fang | 皇甫 huang fu
    尉迟尉遲 yu chi | 公孙公孫 gong sun | 慕容 mu rong | 令狐 ling hu | 宇文 yu wen | 长孙長孫 zhang sun
    司徒 si tu | 司空 si kong | 夏侯 xia hou | 轩辕軒轅 xuan yuan | 端木 duan mu | 百里 bai li | 南宫南宮 nan gong
    西门西門 xi men | 独孤獨孤 du gu | 澹台澹臺 tan tai | 单于單于 chan yu | 万俟萬俟 mo qi | 呼延 hu yan
    太史 tai shi | 申屠 shen tu | 公羊 gong yang | 赫连赫連 he lian | 濮阳濮陽 pu yang | 淳于 chun yu
    钟离鍾離 zhong li | 闻人聞人 wen ren | 拓跋 tuo ba | 完颜完顏 wan yan | 第五 di wu | 东郭東郭 dong guo
    南郭 nan guo | 梁丘 liang qiu | 左丘 zuo qiu | 公冶 gong ye | 宗政 zong zheng
    """,
    characters=2,
)
"""Surnames of two characters, with one syllable for each."""

GIVEN = _table(
    """
    乐樂 le yue | 行 xing hang | 朝 chao zhao | 茜 qian xi | 长長 chang zhang | 重 chong zhong | 晟 sheng cheng
    柏 bai bo | 娜 na nuo | 露 lu lou | 乾 qian gan | 盛 sheng cheng | 藏 cang zang | 省 xing sheng | 单單 dan shan
    传傳 chuan zhuan | 曾 zeng ceng | 尉 wei yu | 降 xiang jiang | 厦廈 xia | 覃 tan qin | 调調 diao tiao
    会會 hui | 宿 su xiu | 强強 qiang | 石 shi | 叶葉 ye | 峤嶠 qiao jiao | 栖棲 qi xi | 仇 chou qiu | 参參 can shen
    """,
    characters=1,
)
"""Characters of given names that are read in two ways, or not in the first way of a dictionary."""

WORDS = _table(
    """
    重庆重慶 chong qing | 银行銀行 yin hang | 长春長春 chang chun | 长沙長沙 chang sha | 长江長江 chang jiang
    长安長安 chang an | 长城長城 chang cheng | 长虹長虹 chang hong | 长征長征 chang zheng | 厦门廈門 xia men
    西藏 xi zang | 音乐音樂 yin yue | 行业行業 hang ye | 会计會計 kuai ji | 朝阳朝陽 chao yang | 六安 lu an
    蚌埠 beng bu | 台州 tai zhou | 东莞東莞 dong guan | 大夫 dai fu | 调查調查 diao cha | 重工 zhong gong
    乐山樂山 le shan | 勘探 kan tan
    """,
    characters=2,
)
"""Words of two characters in names of companies and places, with one syllable for each."""
