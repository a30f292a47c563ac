namespace Gateway.Core.Hardening.Folding;

/// <summary>How prompts ask for something to be written or worked out, in many languages; lower case.</summary>
internal static class AskedForTaskLists
{
    /// <summary>What a sentence begins with that gives such an order.</summary>
    public static readonly string[] Orders =
    [
        "write", "explain", "describe", "calculate", "compute", "solve", "translate", "summarise", "summarize", "define", "prove", "show that", "derive", "find", "list", "name", "state", "give", "convert", "simplify", "determine", "evaluate", "compare", "outline", "discuss", "create", "implement", "design", "fix", "optimise", "optimize", "rewrite", "estimate", "factor", "differentiate", "integrate", "tell me", "plan", "draft", "compose",
        "schreibe", "schreib", "erkläre", "beschreibe", "berechne", "löse", "nenne", "beweise", "zeige", "bestimme", "écris", "écrivez", "explique", "expliquez", "décris", "calcule", "calculez", "résous", "résolvez", "démontre", "démontrez", "nomme", "cite", "traduis", "escribe", "explica", "describe", "resuelve", "demuestra", "nombra", "halla", "encuentra", "escreva", "explique", "descreva", "calcule", "resolva", "demonstre", "cite",
        "scrivi", "spiega", "descrivi", "calcola", "risolvi", "dimostra", "elenca", "trova", "schrijf", "beschrijf", "bereken", "los", "noem", "bewijs", "skriv", "förklara", "beskriv", "beräkna", "lös", "nämn", "forklar", "beregn", "løs", "nævn", "nevn", "kirjoita", "selitä", "kuvaile", "laske", "ratkaise", "todista", "írj", "írd", "magyarázd", "számítsd", "oldd", "bizonyítsd", "sorold", "scrie", "calculează", "rezolvă", "demonstrează", "descrie",
        "napisz", "opisz", "oblicz", "rozwiąż", "wymień", "udowodnij", "podaj", "napiš", "popiš", "vypočítej", "vypočítaj", "vyřeš", "vyrieš", "dokažte", "dokaž", "uveď", "napiši", "napišite", "objasni", "opiši", "izračunaj", "riješi", "reši", "dokaži", "nabroji",
        "напиши", "напишите", "объясни", "объясните", "опиши", "опишите", "вычисли", "вычислите", "найди", "найдите", "реши", "решите", "докажи", "докажите", "перечисли", "назови", "назовите", "поясни", "поясніть", "опишіть", "обчисли", "обчисліть", "розв'яжи", "доведи", "доведіть", "назви", "назвіть", "обясни", "изчисли", "докажи", "напишы", "растлумач", "вылічы",
        "γράψε", "εξήγησε", "περίγραψε", "υπολόγισε", "λύσε", "απόδειξε", "yaz", "açıkla", "hesapla", "çöz", "kanıtla", "tulis", "jelaskan", "hitung", "buktikan", "sebutkan", "terangkan", "kira", "viết", "giải thích", "tính", "giải", "chứng minh", "nêu", "kể tên", "andika", "eleza", "hesabu", "taja", "sumulat", "ipaliwanag", "kalkulahin", "isulat",
    ];

    /// <summary>What gives it anywhere in a prompt, in languages where it does not come first.</summary>
    public static readonly string[] Fragments =
    [
        "证明", "證明", "计算", "計算", "解释", "解釋", "说明", "說明", "求", "写一", "寫一", "列出", "简述", "簡述", "翻译", "翻譯", "翻訳", "説明し", "求めなさい", "求めよ", "書きなさい", "書いて", "述べ", "答えなさい", "계산", "설명하", "구하", "증명", "작성", "쓰시오", "쓰세요", "번역", "서술", "나열",
        "اكتب", "اشرح", "احسب", "أثبت", "صف ", "اذكر", "ترجم", "بنویس", "توضیح", "محاسبه", "ثابت کن", "حساب کن", "لکھ", "وضاحت", "حل کر", "ثابت کر", "כתוב", "הסבר", "חשב", "הוכח", "תאר", "लिख", "समझा", "हल कर", "ज्ञात की", "गणना", "सिद्ध", "बता", "वर्णन", "লেখ", "লিখ", "ব্যাখ্যা", "নির্ণয়", "প্রমাণ", "হিসাব", "எழுது", "விளக்கு", "கணக்கிடு", "நிரூபி", "కనుగొన", "వివరించ", "వ్రాయ", "రాయండి", "ಬರೆ", "ವಿವರಿಸ", "ಕಂಡುಹಿಡಿ",
        "എഴുത", "വിശദീകരി", "കണ്ടെത്ത", "લખો", "સમજાવો", "શોધો", "ਲਿਖੋ", "ਦੱਸੋ", "เขียน", "อธิบาย", "คำนวณ", "จงหา", "พิสูจน์", "บอก", "ຂຽນ", "ອະທິບາຍ", "សរសេរ", "ពន្យល់", "គណនា", "ရေးပါ", "ရှင်းပြ", "တွက်", "დაწერე", "ახსენი", "გამოთვალე", "գրիր", "բացատրիր", "հաշվիր", "ጻፍ", "አስረዳ", "አብራራ", "ලියන්න", "පැහැදිලි",
    ];

    /// <summary>What speaks of films, songs, captions, pages, programs and proofs as such, so that their stock phrases may be the answer.</summary>
    public static readonly string[] Shown =
    [
        "electrodynam", "quantum", "abbrevi", "acronym", "stands for", "stand for", "video", "youtub", "subtitl", "caption", "film", "movie", "episode", "podcast", "stream", "song", "lyric", "sound", "music", "noise", "audio", "theatre", "theater", "stage direction", "script", "screenplay", "credits", "broadcast", "radio", "concert", "audience", "transcri", "message", "output", "print", "status", "log ", "page", "website", "screen", "button", "email", "e-mail", " mail", "letter", "policy", "document", "attach", "click", "link", "error", "went wrong", "what's wrong", "goodbye", "farewell", "viewer", "sign off", "sign-off", "signature", "footer", "header", "placeholder", "default value", "returns", "return value", "what does this", "end of a proof", "end of the proof", "end a proof", "proof end", "latin", "magic", "spell", "greet", "phrase", "stock ",
        "untertitel", "vidéo", "sous-titre", "subtítulo", "legenda", "sottotitol", "ondertitel", "undertext", "napisy", "titulky", "субтитр", "видео", "відео", "канал", "kanal", "canal", "altyazı", "phụ đề", "字幕", "视频", "影片", "動画", "映像", "電影", "电影", "映画", "영상", "자막", "영화", "방송", "فيديو", "فيلم", "ترجمة", "ویدئو", "وید", "فیلم", "वीडियो", "फिल्म", "ভিডিও", "วิดีโอ", "หนัง", "musik", "musique", "música", "музык", "音楽", "音乐", "음악", "موسيق", "lied", "chanson", "canción", "песн", "歌", "노래", "démonstration", "beweis", "demostración", "dimostrazion", "доказательств", "証明の", "证明的末", "证明结",
    ];
}
