"""What the sandbox's gifts are called: 32 things in 10 editions."""

Translated = tuple[str, str, str]
"""English, traditional Chinese, Japanese."""

THINGS: tuple[tuple[str, Translated], ...] = (
    ("TOTE", ("Canvas tote bag", "帆布托特包", "キャンバストート")),
    ("MUG", ("Enamel mug", "琺瑯馬克杯", "ホーローマグ")),
    ("TEA", ("High mountain oolong sachets", "高山烏龍茶包", "高山烏龍ティーバッグ")),
    ("SOAP", ("Camellia hand soap", "山茶花手工皂", "椿のハンドソープ")),
    ("TOWEL", ("Hand towel", "今治毛巾", "今治ハンドタオル")),
    ("NOTE", ("Dot grid notebook", "點陣筆記本", "ドット方眼ノート")),
    ("PEN", ("Brass ballpoint pen", "黃銅原子筆", "真鍮ボールペン")),
    ("PIN", ("Enamel pin", "琺瑯徽章", "ピンバッジ")),
    ("STICKER", ("Sticker sheet", "貼紙組", "ステッカーシート")),
    ("CAP", ("Five-panel cap", "五分割帽", "ファイブパネルキャップ")),
    ("SOCKS", ("Merino socks", "美麗諾羊毛襪", "メリノソックス")),
    ("BALM", ("Honey lip balm", "蜂蜜護唇膏", "はちみつリップバーム")),
    ("CREAM", ("Hand cream, travel size", "護手霜旅行瓶", "ハンドクリーム ミニ")),
    ("SERUM", ("Brightening serum sample", "亮白精華體驗瓶", "美容液サンプル")),
    ("MASK", ("Sheet mask, pack of three", "面膜三入組", "フェイスマスク3枚組")),
    ("POUCH", ("Zip pouch", "拉鍊收納袋", "ジップポーチ")),
    ("BOTTLE", ("Insulated bottle", "保溫瓶", "保温ボトル")),
    ("STRAW", ("Steel straw set", "不鏽鋼吸管組", "ステンレスストローセット")),
    ("COOKIE", ("Pineapple cake box", "鳳梨酥禮盒", "パイナップルケーキ")),
    ("COFFEE", ("Drip coffee bags", "濾掛咖啡", "ドリップバッグコーヒー")),
    ("CANDLE", ("Hinoki candle", "檜木香氛蠟燭", "ひのきキャンドル")),
    ("INCENSE", ("Sandalwood incense", "檀香線香", "白檀のお香")),
    ("FAN", ("Folding fan", "摺扇", "扇子")),
    ("UMBRELLA", ("Folding umbrella", "折疊傘", "折りたたみ傘")),
    ("KEY", ("Leather key ring", "皮革鑰匙圈", "レザーキーリング")),
    ("LANYARD", ("Phone lanyard", "手機掛繩", "スマホストラップ")),
    ("CARD", ("Greeting card", "賀卡", "グリーティングカード")),
    ("CALENDAR", ("Desk calendar", "桌曆", "卓上カレンダー")),
    ("POSTER", ("Risograph poster", "孔版海報", "リソグラフポスター")),
    ("PLUSH", ("Black bear plush", "黑熊玩偶", "クマのぬいぐるみ")),
    ("CHOP", ("Chopsticks with case", "筷子附盒", "箸と箸箱")),
    ("SPICE", ("Five-spice tin", "五香粉罐", "五香粉の缶")),
)

EDITIONS: tuple[tuple[str, Translated], ...] = (
    ("", ("", "", "")),
    ("SPR", (" – spring edition", "(春季限定)", "(春限定)")),
    ("SUM", (" – summer edition", "(夏季限定)", "(夏限定)")),
    ("AUT", (" – Mid-Autumn edition", "(中秋限定)", "(秋限定)")),
    ("WIN", (" – winter edition", "(冬季限定)", "(冬限定)")),
    ("NY", (" – Lunar New Year", "(新春福袋)", "(新春)")),
    ("VIP", (" for members", "(會員專屬)", "(会員限定)")),
    ("RED", (" – red", "(紅)", "(赤)")),
    ("BLU", (" – blue", "(藍)", "(青)")),
    ("ANN", (" – 10th anniversary", "(十週年紀念)", "(10周年記念)")),
)
