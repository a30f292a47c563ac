namespace Gateway.Core.Hardening.Folding;

/// <summary>How prompts ask for marks, symbols, words, titles and nothing at all, in the lexicon's languages; lower case, and parts of words where languages bend or join them.</summary>
internal static class AskedForLists
{
    /// <summary>Names of punctuation, and what asks for it. Bare words for a sign or a point are left out: problems of mathematics are full of them.</summary>
    public static readonly string[] MarkFragments =
    [
        "标点", "標點", "符号", "符號", "画", "句号", "句號", "逗号", "逗號", "问号", "問號", "感叹号", "感嘆號", "叹号", "驚嘆號", "冒号", "冒號", "分号", "分號", "顿号", "頓號", "引号", "引號", "省略号", "省略號", "破折号", "破折號", "书名号", "連字號", "连字符", "星号",
        "記号", "句読点", "句点", "読点", "感嘆符", "疑問符", "引用符", "中黒", "約物", "ハイフン", "コンマ", "カンマ", "기호", "문장 부호", "문장부호", "쓰는 부호", "어떤 부호", "무슨 부호", "느낌표", "물음표", "마침표", "쉼표", "따옴표", "줄임표", "말줄임표", "쌍점", "온점", "반점", "구두점", "별표", "하이픈",
        "ponctuation", "virgule", "point d'exclamation", "point d'interrogation", "point d’exclamation", "point d’interrogation", "point final", "deux-points", "guillemet", "trait d'union", "trait d’union", "points de suspension", "astérisque", "quel signe",
        "puntuación", "punto final", "punto y coma", "qué signo", "que signo", "cuál signo", "comilla", "guion", "guión", "puntos suspensivos", "interrogación", "exclamación", "asterisco",
        "satzzeichen", "zeichen", "ein komma", "doppelpunkt", "semikolon", "strichpunkt", "gedankenstrich", "bindestrich", "schlusspunkt", "pontuação", "vírgula", "ponto final", "interrogação", "exclamação", "as aspas", "travessão", "reticências", "hífen", "que sinal", "qual sinal", "qual o sinal",
        "punteggiatura", "la virgola", "punto fermo", "punto interrogativo", "esclamativo", "punto e virgola", "virgolette", "trattino", "puntini di sospensione", "che segno", "quale segno", "quale simbolo", "puntuació", "quin signe", "cometes",
        "leesteken", "vraagteken", "uitroepteken", "dubbele punt", "puntkomma", "aanhalingstek", "koppelteken", "welk teken", "skiljetecken", "frågetecken", "utropstecken", "vilket tecken", "tankstreck", "bindestreck", "skilletegn", "tegnsætning", "tegnsetting", "spørgsmålstegn", "spørsmålstegn",
        "udråbstegn", "utropstegn", "punktum", "hvilket tegn", "anførselstegn", "välimerk", "pilkku", "kysymysmerk", "huutomerk", "kaksoispiste", "puolipiste", "lainausmerk", "ajatusviiv", "mikä merkki",
        "знак", "символ", "запят", "двоеточ", "многоточ", "пунктуац", "препинани", "кавычк", "дефис", "розділов", "двокрапк", "крапк", "ставимо кому", "запетая", "удивителн", "въпросителн", "кавички", "интерпункц", "упитник", "узвичник", "зарез", "interpunkc", "upitnik", "uskličnik", "zarez", "dvotočk", "navodnik", "vprašaj", "klicaj", "vejic",
        "interpunk", "otazník", "vykřičník", "výkričník", "dvojteč", "středník", "uvozovk", "úvodzovk", "pomlčk", "čárk", "čiark", "hvězdičk", "kropk", "wykrzyknik", "pytajnik", "dwukrop", "średnik", "cudzysłów", "myślnik", "wielokrop", "írásjel", "vessző", "kérdőjel", "felkiáltójel", "kettőspont", "idézőjel", "kötőjel", "gondolatjel",
        "punctuați", "semnul", "virgul", "ghilimel", "noktalama", "virgül", "soru işareti", "ünlem", "dấu", "tanda baca", "tanda tanya", "tanda seru", "tanda titik", "tanda koma", "tanda petik", "tanda hubung", "tanda apa", "titik dua", "titik koma", "alama ya kuuliza", "alama za uandishi", "alama gani", "bantas", "tandang", "kuwit", "tuldok",
        "στίξης", "ερωτηματικό", "θαυμαστικό", "άνω τελεία", "το κόμμα", "η τελεία", "εισαγωγικ", "παύλα", "αποσιωπητικ", "פיסוק", "פסיק", "נקודתיים", "סימן שאלה", "סימן קריאה", "סימן ה", "איזה סימן", "מירכאות", "גרשיים", "علامة", "الفاصلة", "فاصلة", "الترقيم", "ویرگول", "سجاوند", "سوالیہ نشان", "وقفہ", "ختمہ", "رموز اوقاف",
        "विराम", "প্রশ্নচিহ্ন", "দাঁড়ি", "যতিচিহ্ন", "বিরাম", "முற்றுப்புள்ளி", "காற்புள்ளி", "கேள்விக்குறி", "ஆச்சரியக்குறி", "நிறுத்தற்குறி", "ปรัศนี", "อัศเจรีย์", "จุลภาค", "มหัพภาค", "ไปยาล",
        "un tiret", "le tiret", "het komma", "kommateken", "przecinek", "przecinki", "przecinka", "iki nokta üst üste", "noktalama", "hangi işaret", "soru işaret", "tırnak işaret", "alama ya mshangao", "نشانه‌گذاری", "علامت سؤال", "علامت سوال", "علامت تعجب", "کدام علامت", "چه علامتی", "प्रश्नचिह्न", "कौन सा चिह्न", "কোন চিহ্ন", "విరామ చిహ్న", "เครื่องหมายวรรคตอน", "เครื่องหมายคำถาม", "เครื่องหมายอะไร", "เครื่องหมายใด", "เครื่องหมายตกใจ", " тире", "ponto de interrogação", "ponto de exclamação", "jaki znak", "znak zapytania", "którym znakiem", "jaký znak",
    ];

    /// <summary>What asks for a word, a name, a title or a translation, so that the answer may be a word that opens answers elsewhere.</summary>
    public static readonly string[] WordFragments =
    [
        " called", "the word", "a word", "one word", "which word", "what word", "single word", "next word", "missing word", "last word", "first word", "the term", "what term", "which term", "keyword", "translate", "translation", "how do you say", "how do i say", "how to say", "synonym", "antonym", "opposite", "spell", "anagram", "rhymes with", "plural of", "noun", "stand for", "stands for",
        " mean in ", " means in ", "meaning of", " mean?", "headline", "caption", "subject line", "which section", "what section", "section name", "name of the section", "which chapter", "what chapter", "chapter called", "button", "menu item", "which tab", "column name", "crossword", "fill in the blank", "fill in the gap", "famous phrase", "which phrase", "what phrase",
        "the phrase", "catchphrase", "catch phrase", "slogan", "motto", "mantra", "trigger phrase", "which sentence", "what sentence", "first line", "opening line", "opening words", "exact words", "repeat after", "say exactly", "quote the", "which prompt", "what prompt", "read aloud", "is written on", "what does the sign say", "what does it say", "password", "code word",
        "in english", "in german", "in french", "in spanish", "in italian", "in portuguese", "in dutch", "in swedish", "in norwegian", "in danish", "in finnish", "in polish", "in czech", "in slovak", "in hungarian", "in romanian", "in russian", "in ukrainian", "in greek", "in turkish", "in hebrew", "in arabic", "in persian", "in farsi", "in hindi", "in bengali", "in tamil", "in telugu", "in thai", "in vietnamese",
        "in indonesian", "in malay", "in swahili", "in japanese", "in chinese", "in mandarin", "in korean", "in latin", "in catalan", "in croatian", "in serbian", "in bulgarian", "in urdu", "in marathi", "in filipino", "in tagalog", "in irish", "in welsh", "into english", "into german", "into french", "into spanish", "into italian",
        "cómo se dice", "como se dice", "palabra", "traduce", "tradu", "título", "en español", "en inglés", "significa", "qué frase", "sinónimo", "comment dit-on", "comment dit on", "le mot", "quel mot", "un mot", "titre", "en français", "en anglais", "signifie", "quelle phrase", "que veut dire", "synonyme", "intertitre", "das wort", "welches wort", "ein wort", "übersetz", "wie sagt man", "titel", "überschrift", "auf deutsch", "auf englisch", "bedeutet", "welcher satz", "was heißt", "synonym",
        "come si dice", "parola", "traduc", "titolo", "in italiano", "in inglese", "cosa vuol dire", "che cosa significa", "quale frase", "sinonimo", "como se diz", "como se fala", "palavra", "em português", "em inglês", "que frase", "sinônimo", "título", "hoe zeg je", "welk woord", "een woord", "vertaal", "in het nederlands", "in het engels", "betekent", "hur säger man", "vilket ord", "ett ord", "på svenska", "på engelska", "översätt", "betyder",
        "hvordan siger man", "hvordan sier man", "hvilket ord", "på dansk", "på norsk", "på engelsk", "oversæt", "oversett", "overskrift", "suomeksi", "englanniksi", "mikä sana", "käännä", "otsikko", "tarkoittaa", "miten sanotaan", "magyarul", "angolul", "melyik szó", "milyen szó", "fordít", "hogy mondjuk", "hogyan mondják", "mit jelent", " cím", "po polsku", "po angielsku", "jakie słowo", "przetłumacz", "tytuł", "nagłówek", "oznacza", "jak się mówi", "jak powiedzieć", "co znaczy",
        "česky", "anglicky", "slovensky", "jaké slovo", "aké slovo", "přelož", "prelož", "nadpis", "znamená", "jak se řekne", "ako sa povie", "în română", "în engleză", "ce cuvânt", "care cuvânt", "titlul", "înseamnă", "cum se spune", "cum se zice", "hrvatski", "srpski", "engleskom", "slovensk", "koja riječ", "koja reč", "prevedi", "naslov", "kako se kaže", "na bulgarski",
        "как будет", "слово", "переведи", "перевод", "по-русски", "на русском", "по-английски", "на английском", "означает", "заголов", "как сказать", "какая фраза", "как називается", "як буде", "українською", "англійською", "переклад", "означає", "як сказати", "яке слово", "как се казва", "на български", "коя дума", "преведи", "заглави", "како се каже", "на српском", "која реч",
        "怎么写", "怎么说", "怎麼說", "翻译", "翻譯", "字怎", "一词", "什么词", "哪个词", "词语", "单词", "什么意思", "用英语", "用中文", "标题", "標題", "题目是什么", "哪句话", "同义词", "反义词", "ひらがな", "カタカナ", "漢字", "何と言", "なんと言", "訳", "言葉", "単語", "日本語で", "英語で", "意味", "見出し", "題名", "タイトル", "という語", "どの語", "뭐라고", "번역", "단어", "낱말", "제목", "한국어로", "영어로", "우리말로", "무슨 뜻", "표제",
        "كلمة", "ترجم", "بالعربية", "بالإنجليزية", "معنى", "عنوان", "كيف نقول", "كيف تقول", "ما مرادف", "واژه", "کلمه", "ترجمه", "به فارسی", "به انگلیسی", "معنی", "یعنی", "چه می‌گویند", "لفظ", "ترجمہ", "اردو میں", "انگریزی میں", "کیا کہتے ہیں", "مطلب", "מילה", "תרגם", "בעברית", "באנגלית", "כותרת", "פירוש", "איך אומרים", "kelime", "nasıl denir", "ne denir", "türkçe", "ingilizce", "çevir", "başlık", "ne demek", "anlamı",
        "từ nào", "dịch", "tiếng việt", "tiếng anh", "tiêu đề", "nghĩa là", "nói thế nào", "kata apa", "kata yang", "terjemah", "bahasa", "judul", "artinya", "tajuk", "maksud", "neno gani", "neno la", "tafsiri", "kwa kiswahili", "kwa kiingereza", "kichwa cha", "maana ya", "anong salita", "isalin", "sa filipino", "sa tagalog", "sa ingles", "pamagat", "ibig sabihin", "शब्द", "अनुवाद", "हिंदी में", "हिन्दी में", "अंग्रेज़ी में", "अंग्रेजी में", "मतलब", "अर्थ", "शीर्षक", "क्या कहते हैं", "मराठीत", "काय म्हणतात",
        "শব্দ", "অনুবাদ", "বাংলায়", "ইংরেজিতে", "অর্থ", "মানে", "শিরোনাম", "சொல்", "மொழிபெயர்", "தமிழில்", "ஆங்கிலத்தில்", "பொருள்", "தலைப்பு", "పదం", "అనువ", "తెలుగులో", "ఆంగ్లంలో", "అర్థం", "శీర్షిక", "คำว่า", "คำใด", "คำไหน", "แปล", "ภาษา", "หมายความว่า", "แปลว่า", "หัวข้อ", "ชื่อเรื่อง", "τη λέξη", "ποια λέξη", "μετάφρασ", "μεταφρ", "στα ελληνικά", "στα αγγλικά", "τίτλος", "τίτλο", "σημαίνει", "πώς λέγεται", "πώς λέμε", "com es diu", "quina paraula", "en català", "vol dir", "títol",
        "what label", "which label", "the label", "complete the sentence", "complete the phrase", "complete the word", "complete the quote", "repeat the word", "repeat the phrase", "repeat the sentence", "title of", "titled", "the title", "what title", "which title", "entitled", "a title", "what header", "which header", "what heading", "which heading", "the heading", "section heading", "rubriken", "wie heißt das wort",
    ];

    /// <summary>What asks for a phrase or a line of text, word for word.</summary>
    public static readonly string[] PhraseFragments =
    [
        "famous phrase", "which phrase", "what phrase", "the phrase", "catchphrase", "catch phrase", "slogan", "motto", "mantra", "trigger phrase", "magic words", "which sentence", "what sentence", "first line of", "opening line", "opening words", "exact words", "repeat after me", "repeat this", "repeat the phrase", "repeat the sentence", "say exactly", "say the words", "reply with exactly", "reply only with", "respond only with", "answer only with",
        "answer with the words", "quote the", "which prompt", "what prompt", "which words", "what words", "read aloud", "what does the sign say", "what is written", "is printed on", "master key", "zero-shot", "zero shot", "chain-of-thought prompt",
        "quelle phrase", "répète", "qué frase", "repite", "que frase", "repita", "quale frase", "ripeti", "welcher satz", "welchen satz", "wiederhole", "какая фраза", "какую фразу", "повтори", "яку фразу", "哪句话", "哪一句", "重复", "どの言葉", "どんな言葉", "繰り返して", "어떤 문구", "어떤 문장", "따라", "أي عبارة", "كرر", "कौन सा वाक्य", "दोहरा", "hangi cümle", "tekrarla", "câu nào", "lặp lại", "kalimat apa", "ulangi", "welke zin", "herhaal", "vilken fras", "upprepa", "jakie zdanie", "powtórz",
    ];

    /// <summary>What asks for an empty string, white space or silence; whole words.</summary>
    public static readonly string[] NothingWords =
    [
        "empty string", "empty response", "empty reply", "empty answer", "empty message", "empty text", "empty line", "empty output", "an empty", "blank line", "blank lines", "blank", "with nothing", "say nothing", "answer nothing", "output nothing", "print nothing", "prints nothing", "return nothing", "returns nothing", "write nothing", "nothing at all",
        "whitespace", "white space", "a space", "single space", "one space", "space character", "newline", "newlines", "line break", "line breaks", "tab character", "tab characters", "no output", "do not answer", "don't answer", "do not reply", "don't reply", "do not respond", "don't respond", "stay silent", "remain silent", "be silent", "silence", "escape sequence",
        "chaîne vide", "réponse vide", "ligne vide", "ne réponds rien", "ne dis rien", "cadena vacía", "cadena vacia", "respuesta vacía", "línea vacía", "no respondas", "no digas nada", "string vazia", "cadeia vazia", "texto vazio", "resposta vazia", "linha vazia", "não responda", "não diga nada", "stringa vuota", "risposta vuota", "riga vuota", "non rispondere", "non dire nulla", "non dire niente", "cadena buida", "leerer string", "leeren string", "leere zeichenkette",
        "leere zeichenfolge", "leere antwort", "leerzeile", "leerzeichen", "antworte nicht", "sag nichts", "lege string", "lege tekenreeks", "leeg antwoord", "antwoord niet", "tom sträng", "tomt svar", "tom rad", "svara inte", "tom streng", "tom linje", "svar ikke", "tyhjä merkkijono", "tyhjä vastaus", "tyhjä rivi", "älä vastaa", "prázdný řetězec", "prázdná odpověď", "prázdný řádek", "neodpovídej", "prázdny reťazec", "prázdna odpoveď", "neodpovedaj",
        "pusty ciąg", "pusty napis", "pusty łańcuch", "pusta odpowiedź", "pusty wiersz", "nie odpowiadaj", "üres karakterlánc", "üres string", "üres válasz", "üres sor", "ne válaszolj", "șir vid", "șir gol", "răspuns gol", "nu răspunde", "boş dize", "boş string", "boş metin", "boş yanıt", "boş cevap", "boş satır", "cevap verme", "chuỗi rỗng", "chuỗi trống", "dòng trống", "đừng trả lời", "không trả lời", "string kosong", "teks kosong", "jawaban kosong", "baris kosong", "jangan jawab", "jangan menjawab",
        "walang laman", "huwag sumagot", "usijibu", "jibu tupu", "prazan string", "prazan niz", "prazan odgovor", "ne odgovaraj",
    ];

    /// <summary>The same in scripts whose words are bent or run together.</summary>
    public static readonly string[] NothingFragments =
    [
        "空字符", "空串", "空行", "空白", "空的", "空回", "什么都不", "什么也不", "不要回答", "不要回复", "沉默", "换行符", "空文字", "空の", "何も書", "何も答", "何も言", "返事をしない", "沈黙", "改行", "빈 문자열", "빈 응답", "빈 답", "빈 줄", "공백", "아무것도", "아무 말도", "대답하지 마", "줄바꿈", "пустая", "пустую", "пустой", "пустое", "ничего не", "промолчи", "не отвечай", "порожн", "нічого не", "промовч", "не відповідай", "празен", "празна", "не отговаряй",
        "κενή", "κενό", "μην απαντήσεις", "ריקה", "ריק ", "אל תענה", "فارغ", "لا تجب", "لا تكتب شيئا", "خالی", "پاسخ نده", "جواب نہ", "खाली", "रिक्त", "कुछ न", "चुप रह", "খালি", "কিছু লিখ", "வெற்று", "காலி", "பதிலளிக்க வேண்டாம்", "ఖాళీ", "ว่าง", "ไม่ต้องตอบ",
    ];

    /// <summary>What asks for a fact, so that a picture alone is none; where a sentence begins with them.</summary>
    public static readonly string[] Interrogatives =
    [
        "what", "who", "whose", "when", "where", "why", "how", "which", "explain", "describe", "calculate", "compute", "solve", "translate", "summarise", "summarize", "define", "prove", "name the", "how many", "how much",
        "give two", "give three", "give four", "give five", "give me", "give an", "give a", "give the", "list the", "list two", "list three", "list five", "name two", "name three", "name five", "name a", "state the", "find the", "determine", "simplify", "evaluate", "write a function", "write a program", "write an essay", "write a sentence", "write a summary", "compare", "outline", "discuss", "convert", "is it", "is the", "does the", "can a", "a train", "if a",
    ];

    /// <summary>The same in other languages, wherever they stand.</summary>
    public static readonly string[] InterrogativeFragments =
    [
        "cuánt", "quién", "dónde", "cuándo", "cuál", "explica", "resume", "calcula", "traduce", "combien", "quel", "pourquoi", "explique", "résume", "calcule", "traduis", "wie viel", "wie heißt", "welche", "warum", "wann", "wer ", "erkläre", "fasse", "berechne", "übersetze", "quanti", "quante", "quale", "perché", "spiega", "riassumi", "quantos", "quantas", "qual ", "quem", "hoeveel", "waarom", "leg uit", "vilken", "förklara", "hvilken", "hvor mange", "forklar",
        "hur många", "jaki", "ile ", "gdzie", "wyjaśnij", "kolik", "kdo ", "vysvětli", "сколько", "почему", "какой", "какая", "назовите", "объясни", "скільки", "чому", "поясни", "яка ", "який", "כמה", "מהו", "מהי", "הסבר", "كم ", "ما هي", "ما هو", "اشرح", "لماذا", "چند", "کدام", "چیست", "چرا", "कितन", "कौन", "कहाँ", "समझा", "কত", "নাম কী", "কোথায়", "কেন",
        "什么", "甚麼", "多少", "几", "谁", "哪", "何", "解释", "计算", "翻译", "誰", "どこ", "いくつ", "説明", "なぜ", "몇", "무엇", "누구", "어디", "설명", "왜 ", "kaç", "nedir", "hangi", "neden", "açıkla", "bao nhiêu", "là gì", "giải thích", "tại sao", "siapa", "berapa", "apa nama", "jelaskan", "mengapa", "ngapi", "nini", "eleza", "ποια", "πόσ", "ποιος", "γιατί", "εξήγησε", "mennyi", "hány", "melyik", "miért", "magyarázd",
        "câte", "câți", "cine ", "explică", "de ce", "mikä", "kuka", "montako", "miksi", "selitä", "กี่", "อะไร", "ใคร", "ทำไม", "อธิบาย", "எத்தனை", "என்ன", "ஏன்", "ఎన్ని", "ఏమిటి", "ఎందుకు", "किती", "ilan", "sino", "bakit",
    ];

    /// <summary>What may be answered by a symbol, a bracket, an operator or a tag; whole words.</summary>
    public static readonly string[] SymbolWords =
    [
        "sign", "bracket", "brackets", "brace", "braces", "parenthesis", "parentheses", "arrow", "arrows", "set", "sets", "subset", "union", "intersection", "tuple", "list", "array", "dictionary", "dict", "html", "xml", "latex", "tex",
        "markdown", "tag", "tags", "markup", "entity", "element", "code", "python", "java", "javascript", "typescript", "c", "c++", "c#", "sql", "bash", "shell", "rust", "perl", "php", "css", "json", "yaml", "haskell", "kotlin", "swift",
        "logic", "logical", "boolean", "bitwise", "currency", "percent", "ampersand", "slash", "backslash", "caret", "pipe", "infinity", "greater", "smaller", "less", "equal", "draw", "print", "type", "face", "smiley", "kaomoji", "icon", "flag", "flags",
        "heart", "key", "keyboard", "pointer", "null", "notation", "glyph", "unicode", "braille", "chess", "suit", "reaction", "react", "math", "excel", "spreadsheet", "formula", "exponentiation", "quantifier", "negation", "degree", "copyright", "trademark", "checkmark", "check mark", "tick", "cross", "star",
        "string", "escape sequence", "newline",
    ];

    /// <summary>The same in languages that join words or bend them.</summary>
    public static readonly string[] SymbolFragments =
    [
        "箭头", "矢印", "화살표", "flèche", "flecha", "freccia", "pfeil", "стрелк", "سهم", "panah", "mũi tên", "emoji", "эмодзи", "емодзі", "表情", "絵文字", "이모지", "إيموجي", "ایموجی", "klammer", "скобк", "дужк", "paréntesis", "parenthèse",
        "括号", "括號", "括弧", "괄호", "symbol", "símbolo", "simbolo", "sembol", "simge", "işaret", "znak", "značk", "tecken", "tegn", "σύμβολο", "סימן", "סמל", "رمز", "علامت", "نماد", "चिह्न", "चिन्ह", "চিহ্ন", "สัญลักษณ์", "เครื่องหมาย", "ký hiệu",
        "biểu tượng", "simbol", "operador", "opérateur", "operatore", "оператор", "集合", "집합", "множеств", "множин", "conjunto", "ensemble", "menge", "insieme", "مجموعة", "مجموعه", "küme", "zbiór", "mängd", "html", "latex", "python", "javascript",
        "código", "コード", "代码", "코드", "kod", "bandera", "drapeau", "flagge", "国旗", "флаг", "прапор", "علم", "bayrak", "bendera", "lá cờ", "semnul",
        "haakje",
    ];

    /// <summary>What asks for a form to be filled in: a template, headings, a list whose items are left out.</summary>
    public static readonly string[] FormFragments =
    [
        "placeholder", "template letter", "a template", "blank template", "empty template", "template of", "template for", "headings", "a heading", "heading for", "an outline", "outline of", "outline for", "outline headings", "skeleton", "worksheet", "to fill in", "can fill in", "blank form", "empty form", "a form ", "form for", "bug report", "with blanks", "a blank ", "numbered list", "ordered list", "empty list", "blank list", "with no content", "numbers 1 to", "letters a to", "count to ", "count from ", "table of contents", "format for", "salutation", "begin a letter", "jinja", "mustache", "handlebars", "f-string", "format field", "format string",
        "platzhalter", "vorlage", "formular", "gliederung", "überschriften", "leere liste", "leere nummerierte", "nummerierte liste", "modèle de lettre", "modèle vide", "formulaire", "plan de dissertation", "liste vide", "liste numérotée", "plantilla", "formulario", "marcador", "lista vacía", "lista numerada", "encabezados", "modelo de carta", "formulário", "lista vazia", "modulo vuoto", "segnaposto", "lista vuota", "elenco numerato", "conta fino", "sjabloon", "formulier", "lege lijst", "genummerde lijst", "formulär", "tom lista", "numrerad lista", "skabelon", "tom liste", "lomake", "numeroitu",
        "szablon", "formularz", "pusta lista", "lista numerowana", "šablon", "formulář", "formulár", "prázdný seznam", "sablon", "űrlap", "vázlat", "üres lista", "șablon", "listă goală", "obrazac", "şablon", "boş form", "boş liste", "numaralı liste", "templat", "formulir", "borang", "daftar kosong", "daftar bernomor", "biểu mẫu", "dàn ý", "danh sách trống", "шаблон", "бланк", "заголовки", "нумерованн", "пустой список", "пустую форму", "порожній список", "нумерован", "образец за", "πρότυπο", "φόρμα", "κενή λίστα", "תבנית", "טופס", "רשימה ריקה",
        "قالب", "نموذج فارغ", "قائمة فارغة", "قائمة مرقمة", "فرم خالی", "فهرست خالی", "टेम्पलेट", "रूपरेखा", "खाली सूची", "টেমপ্লেট", "খালি তালিকা", "แม่แบบ", "แบบฟอร์ม", "โครงร่าง", "模板", "占位", "空列表", "空白列表", "编号列表", "提纲", "大纲", "空表", "範本", "テンプレート", "プレースホルダ", "見出しだけ", "番号付き", "空のリスト", "양식", "템플릿", "빈 목록", "번호 목록", "개요만", "목차",
    ];

    /// <summary>What may be answered by a name, a kind of thing or an idiom, and so by a word that opens answers elsewhere.</summary>
    public static readonly string[] NounFragments =
    [
        "what kind of", "what type of", "what sort of", "what makes a what", "makes a what", "part of the what", "an example of", "idiom", "expression for", "name a film", "name a movie", "name a song", "name a book", "name a novel", "name an album", "which film", "which movie", "which song", "which book", "which novel", "which album", "what film", "what movie", "what song", "what book", "what novel", "book title", "song title", "film title", "title for", "title about", "new title", "suggest a name", "name for a", "name for my", "name for the", "podcast name",
        "uppercase", "upper case", "lowercase", "capital letters", "unscramble", "rot13", "decode", "correct the spelling", "the german for", "the french for", "the spanish for", "the italian for", "the russian for", "the english for", "german for", "french for", "spanish for", "extract the heading", "on the sign", "at the top of the page", "which tag", "which technique", "what technique", "thought experiment", "schrödinger", "einstein",
        "____", "vocabulary", "mixture", "chemi", "brine", "salt water", "gemisch", "salzwasser", "chimi", "mélange", "eau salée", "quími", "mezcla", "agua salada", "chimic", "acqua salata", "kimia", "kimya", "hóa học", "хими", "химі", "χημ", "כימי", "كيمي", "شیمی", "रसायन", "เคมี", "化学", "化學", "화학",
        "gegenteil", "contraire", "contrario", "contrário", "tegenovergestelde", "motsats", "modsatte", "motsatt", "przeciwie", "opačn", "ellentét", "vastakoht", "zıt", "karşıt", "lawan kata", "trái nghĩa", "противополож", "протилеж", "αντίθετο", "反対", "相反", "반대", "عكس", "विलोम", "叫什么", "叫甚麼", "何と呼", "뭐라고 부",
        "wie heißt", "welches buch", "welcher film", "welches lied", "welche art von", "quel type de", "quel film", "quelle chanson", "quel livre", "qué tipo de", "qué canción", "qué libro", "qué película", "que tipo de", "che tipo di", "quale film", "quale canzone", "quale libro", "wat voor soort", "welk boek", "welk lied", "vilken bok", "vilken film", "hvilken film", "jaki film", "jaka piosenka", "jaká píseň", "melyik film", "melyik dal", "hangi film", "hangi şarkı", "lagu apa", "film apa", "buku apa", "bài hát nào", "phim nào", "какой фильм", "какая песня", "какая книга", "как называется", "який фільм", "яка пісня", "ποιο τραγούδι", "ποια ταινία",
        "什么歌", "哪首歌", "哪部电影", "哪本书", "什么书", "成语", "何の歌", "どの曲", "どの映画", "何という本", "慣用句", "무슨 노래", "어떤 영화", "무슨 책", "أي فيلم", "أي أغنية", "أي كتاب", "कौन सी फिल्म", "कौन सा गाना",
    ];

    /// <summary>What is said between people and may be put off or answered by a plan.</summary>
    public static readonly string[] TalkFragments =
    [
        "are you ready", "ready to begin", "ready to start", "shall we", "what should i", "what should we", "what should you", "what should one", "what should he", "what should she", "what should they", "what should the team", "what is the first step", "what's the first step", "first thing to do", "your plan", "let's begin", "let's start", "noncommittal", "stalling", "a polite", "ask for time", "do you say", "does one say", "would a teacher", "would the teacher", "rallying cry", "what do we do", "the goal of", "the purpose of", "on fait quoi", "qué hacemos", "was machen wir", "cosa facciamo", "что будем делать", "我们做什么", "何をしましょう", "뭐 할까", "reply to", "role-play", "roleplay", "role play", "the dialogue", "dialogue between",
        "bist du bereit", "sollen wir", "was sollen wir", "was soll ich", "würdest du", "rollenspiel", "es-tu prêt", "on commence", "que dois-je", "tu veux", "jeu de rôle", "estás listo", "empezamos", "qué debo hacer", "qué hago", "juego de rol", "vamos começar", "o que devo fazer", "sei pronto", "cominciamo", "cosa devo fare", "ты готов", "что мне делать", "начнём", "ти готовий", "你准备好", "我们开始", "我该怎么办", "準備はいい", "始めましょう", "どうすればいい", "준비됐", "시작할까", "어떻게 해야", "هل أنت مستعد", "ماذا أفعل", "hazır mısın", "ne yapmalıyım", "kamu siap", "apa yang harus saya lakukan", "bạn sẵn sàng", "tôi nên làm gì",
    ];

    /// <summary>What asks in which manner something is done, where a sentence begins with it.</summary>
    public static readonly string[] MannerWords =
    [
        "how do", "how does", "how did", "how should", "how can", "how could", "how would", "how to", "how is", "how are", "how was", "in what way", "wie", "auf welche weise", "comment", "de quelle manière", "cómo", "como", "de qué manera", "come", "in che modo", "hoe", "hur", "hvordan", "miten", "kuinka", "jak", "ako", "hogyan", "cum", "kako", "com", "nasıl", "bagaimana", "làm thế nào", "như thế nào", "paano", "как", "як", "πώς", "איך", "كيف", "چگونه", "چطور", "کیسے", "कैसे", "কীভাবে", "எப்படி", "ఎలా", "怎么", "怎样", "如何", "怎麼", "どうやって", "どのように", "어떻게", "อย่างไร", "jinsi gani", "vipi",
    ];

    /// <summary>What may be answered by punctuation, and says so less plainly than its name does; parts of words.</summary>
    public static readonly string[] MarkHintFragments =
    [
        "terminator", "ends a statement", "end a statement", "ends a sentence", "end a sentence", "starts a comment", "start a comment", "begins a comment", "docstring", "quotes", "horizontal rule", "scope resolution", "assignment in", "directory", "punctuate", "what separates", "yaml", "start marker", "annotation", "what goes between", "what goes at the end", "markdown", "python prompt", "never type", "said nothing", "says nothing", "fill in: ",
        "satzende", "trennlinie", "trennt", "drei punkten", "sépare", "fin de phrase", "final de frase", "fin de frase", "separa ", "fine frase", "završava", "koniec zdania", "konec věty", "mondat vég", "cümle sonu", "akhir kalimat", "cuối câu", "конце предложения", "разделяет", "кінці речення", "句末", "句尾", "文末", "문장 끝", "نهاية الجملة", "वाक्य के अंत",
    ];
}
