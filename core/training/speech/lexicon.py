"""Word lists in many languages, written for this project, rich in visible phonemes."""

# ruff: noqa: RUF001

WORDS = {
    "en": """
        about above actor again all always amber amp and animal answer any apple apricot arm
        ask autumn avenue baby back bacon badge balance ball bamboo banana band barber
        basement bath beach beam bear beaver because bed before behind believe below bench
        berry better beyond big bishop blue boat bob bobby bold book both bottom boy brave
        bread breath bridge bubble building bumpy burn bus busy butter button cabin camera
        camp captain carbon careful carpet chapter cheap cheese cherry chip choir choose
        church circle city cliff climb cloud coffee comb come comfort compare computer cook
        copper corner could cow crab cream cup custom damp dance dark daughter day deep dream
        drum each early earth easy eight elbow elephant email empty energy engine enough
        evening every example eye fabric face fall family famous fancy farm father feather
        fever few fifty film find finger fire first fish five flame flower fly foam fog follow
        food foot forest forgive four fourth fresh friend from front fruit funny game garden
        gather gentle giant give glove goat gold good grape green group guess habit hammer
        hand happy harbour have he head hear heart heavy hello help hidden high hobby holiday
        home honey hope horse hour house how hundred ice idea imagine impossible in invite
        iron island it jacket jam job join joke juice jump june just keep kept kettle key kind
        kitchen knife lady lamb lamp language large laugh leaf learn leave lemon letter lift
        light limb lip little live long look lose loud love lucky lump lunch machine made
        magic major make many map market maybe me measure member memory metal microphone
        middle milk million mirror mistake moment money monkey month moon more morning mother
        mountain mouse mouth move much museum music my name narrow near never new next nice
        night nine nobody noise north nothing number oak object ocean of off often oil old on
        open orange other our out oven over owl own page paint pair palm paper parade park
        part party past path pavement peace pebble people pepper perfect perhaps phone photo
        piano picture piece pillow pipe place plan plane plate play please plenty pocket poem
        point police pool poor popcorn possible potato power pretty problem promise public
        pull pumpkin puppet purple push puzzle quality queen question quick quiet rabbit rain
        ready reason remember repeat report rhyme ribbon rich river road robin rocket room
        rope rough round rubber ruler run sad safe sailor salt same sand save say school
        science sea season second secret see serve seven shadow shallow shape sharp she sheep
        shelf ship shoe short should show shut sibling silver simple sing sister six sleep
        slow small smile smooth snow soap soft some song soup south space speak special speech
        spoon spring square stamp star start station step stop storm story street strong
        subject sudden sugar summer sun supper sure swim symbol table take talk tall team
        temper ten thank that the theatre their them then there they thick thin thing think
        thirty this thousand three thumb thunder ticket time tiny tip today together tomorrow
        tooth top towel town toy travel tree trip trouble true trumpet tube tulip twelve
        twenty two umbrella uncle under up upon us use vacuum valley value vanish van vapour
        vegetable velvet very village vine violin visit voice wait walk wall warm was wash
        watch water wave way we weather week well west whale what wheel when where which
        whisper white who why wide wife wild will win wind window wing winter wish with wolf
        woman wonder wood word work world would write year yellow yes yesterday you young your
        zebra zero zipper zoo""",
    "de": """
        ja nein bitte danke guten morgen abend Apfel Baum Bombe Pferd Pflaume Kopf Topf
        Pfeffer Mutter Vater Bruder Schwester Hund Katze Maus Haus Fenster Wasser Feuer Himmel
        Sonne Mond Stern Straße Brücke Bürger schön über üben Öl Löwe Möwe Bäume Mäuse Leute
        heute neun Feuer zwei drei vier fünf sechs sieben acht zehn zwölf hundert tausend
        immer niemals vielleicht warum weil aber oder und nicht auch noch mehr machen lachen
        sprechen springen schlafen bleiben geben leben lieben üblich Papier Lampe Pumpe Suppe
        Puppe Mappe Gabel Löffel Messer Zeitung Jacke zusammen wunderbar unmöglich Abend
        Arbeit Bahnhof Bäcker Brot Butter Milch Kaffee Tee""",
    "fr": """
        oui non merci bonjour bonsoir pomme pain beurre fromage poisson maman papa bébé enfant
        femme homme ami belle beau bon bonne petit grand rouge bleu vert blanc jaune un deux
        trois quatre cinq six sept huit neuf dix vingt cent mille pourquoi parce que toujours
        jamais peut-être ensemble maison jardin fenêtre porte table chambre lampe livre papier
        voiture avion bateau train pluie soleil lune nuage montagne rivière champ fleur arbre
        feuille oiseau chien chat cheval mouton parler manger boire dormir vivre aimer vouloir
        pouvoir savoir faire voir venir comprendre ombre impossible simple peuple chanson
        musique feu peu jeu oeuf boeuf brun parfum""",
    "es": """
        sí no gracias buenos días noche mamá papá bebé hombre mujer amigo amiga perro gato
        caballo pájaro pez árbol flor hoja playa mar montaña río lluvia sol luna nube viento
        calle puente ventana puerta mesa silla lámpara libro papel palabra pluma uno dos tres
        cuatro cinco seis siete ocho nueve diez veinte cien mil siempre nunca quizás porque
        también pero mucho poco rojo azul verde blanco negro hablar comer beber dormir vivir
        amar querer poder saber hacer ver venir comprender imposible simple pueblo canción
        música fuego juego huevo bombón zapato manzana pimienta jamón queso llave llover yo
        ayer hoy mañana""",
    "it": """
        sì no grazie prego buongiorno buonasera mamma papà bambino bambina uomo donna amico
        amica cane gatto cavallo uccello pesce albero fiore foglia spiaggia mare montagna
        fiume pioggia sole luna nuvola vento strada ponte finestra porta tavolo sedia lampada
        libro carta parola penna uno due tre quattro cinque sei sette otto nove dieci venti
        cento mille sempre mai forse perché anche ma molto poco rosso azzurro verde bianco
        nero parlare mangiare bere dormire vivere amare volere potere sapere fare vedere
        venire capire impossibile semplice popolo canzone musica fuoco gioco uovo zucchero
        mela pepe prosciutto formaggio chiave piovere ieri oggi domani bellissimo problema
        pubblico ombra campo tempo sempre gamba bomba""",
    "pt": """
        sim não obrigado bom dia noite mãe pai bebê homem mulher amigo cão gato cavalo pássaro
        peixe árvore flor folha praia mar montanha rio chuva sol lua nuvem vento rua ponte
        janela porta mesa cadeira lâmpada livro papel palavra um dois três quatro cinco seis
        sete oito nove dez vinte cem mil sempre nunca talvez porque também mas muito pouco
        vermelho azul verde branco preto falar comer beber dormir viver amar querer poder
        saber fazer ver vir compreender impossível simples povo canção música fogo jogo ovo
        maçã pimenta queijo chave ontem hoje amanhã""",
    "nl": """
        ja nee dank goedemorgen appel boom brood boter kaas melk moeder vader broer zus hond
        kat muis huis venster water vuur hemel zon maan ster straat brug mooi boven vogel vijf
        vier zes zeven acht negen tien twaalf honderd duizend altijd nooit misschien waarom
        omdat maar of en niet ook meer maken lachen spreken springen slapen blijven geven
        leven lieven papier lamp pomp soep pop vork lepel mes krant jas samen prachtig
        onmogelijk avond werk station bakker schip schaap uil""",
    "pl": """
        tak nie proszę dziękuję dzień dobry wieczór jabłko chleb masło ser mleko mama tata
        brat siostra pies kot mysz dom okno woda ogień niebo słońce księżyc gwiazda ulica most
        piękny ptak ryba drzewo kwiat liść plaża morze góra rzeka deszcz chmura wiatr jeden
        dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć sto tysiąc zawsze nigdy może
        dlaczego ponieważ ale albo i też mówić jeść pić spać żyć kochać chcieć wiedzieć robić
        widzieć papier lampa zupa pompa widelec łyżka nóż gazeta razem niemożliwy praca bułka
        babcia przyjaciel szczęście żaba""",
    "cs": """
        ano ne prosím děkuji dobrý den večer jablko chléb máslo sýr mléko máma táta bratr
        sestra pes kočka myš dům okno voda oheň nebe slunce měsíc hvězda ulice most krásný
        pták ryba strom květ list pláž moře hora řeka déšť mrak vítr jeden dva tři čtyři pět
        šest sedm osm devět deset sto tisíc vždy nikdy možná proč protože ale nebo také mluvit
        jíst pít spát žít milovat chtít vědět dělat vidět papír lampa polévka pumpa vidlička
        lžíce nůž noviny spolu nemožný práce bába přítel štěstí žába bubák pampeliška houba
        vlak auto letadlo zima léto jaro podzim""",
    "ru": """
        да нет спасибо пожалуйста доброе утро вечер яблоко хлеб масло сыр молоко мама папа
        брат сестра собака кошка мышь дом окно вода огонь небо солнце луна звезда улица мост
        красивый птица рыба дерево цветок лист пляж море гора река дождь облако ветер один два
        три четыре пять шесть семь восемь девять десять сто тысяча всегда никогда может почему
        потому но или и тоже говорить есть пить спать жить любить хотеть знать делать видеть
        бумага лампа суп помпа вилка ложка нож газета вместе невозможно работа бабушка друг
        счастье жаба поезд самолёт зима лето весна осень вопрос""",
    "fi": """
        kyllä ei kiitos hyvää päivää huomenta iltaa omena leipä voi juusto maito äiti isä veli
        sisko koira kissa hiiri talo ikkuna vesi tuli taivas aurinko kuu tähti katu silta
        kaunis lintu kala puu kukka lehti ranta meri vuori joki sade pilvi tuuli yksi kaksi
        kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen sata tuhat aina koskaan
        ehkä miksi koska mutta tai ja myös puhua syödä juoda nukkua elää rakastaa haluta
        tietää tehdä nähdä paperi lamppu keitto pumppu haarukka lusikka veitsi lehti yhdessä
        mahdoton työ mummo ystävä onni sammakko juna lentokone talvi kesä kevät syksy kysymys
        yö pöytä hämärä ömmöinen pappi mamma lumi piippu hame""",
    "ca": """
        sí no gràcies bon dia nit mare pare bebè home dona amic gos gat cavall ocell peix
        arbre flor fulla platja mar muntanya riu pluja sol lluna núvol vent carrer pont
        finestra porta taula cadira llum llibre paper paraula ploma un dos tres quatre cinc
        sis set vuit nou deu vint cent mil sempre mai potser perquè també però molt poc
        vermell blau verd blanc negre parlar menjar beure dormir viure estimar voler poder
        saber fer veure venir comprendre impossible simple poble cançó música foc joc ou poma
        pebre formatge clau ahir avui demà bombeta campana ombra fam""",
    "hi": """
        हाँ नहीं धन्यवाद नमस्ते माँ पिता भाई बहन पानी आग आकाश सूरज चाँद तारा सड़क पुल सुंदर
        पक्षी मछली पेड़ फूल पत्ता समुद्र पहाड़ नदी बारिश बादल हवा एक दो तीन चार पाँच छह सात आठ
        नौ दस सौ हज़ार हमेशा कभी शायद क्यों क्योंकि लेकिन या और भी बोलना खाना पीना सोना जीना
        प्यार चाहना जानना करना देखना कागज़ किताब घर खिड़की दरवाज़ा मेज़ कुर्सी बाबा मामा पापा
        बंदर भालू फल आम सेब मिर्च चाबी कल आज सुबह शाम रात काम बाज़ार""",
    "mr": """
        हो नाही धन्यवाद नमस्कार आई बाबा भाऊ बहीण पाणी आग आकाश सूर्य चंद्र तारा रस्ता पूल सुंदर
        पक्षी मासा झाड फूल पान समुद्र डोंगर नदी पाऊस ढग वारा एक दोन तीन चार पाच सहा सात आठ नऊ
        दहा शंभर हजार नेहमी कधी कदाचित का कारण पण किंवा आणि बोलणे खाणे पिणे झोपणे जगणे प्रेम
        करणे पाहणे कागद पुस्तक घर खिडकी दार मामा मावशी माकड अस्वल फळ आंबा मिरची काल आज उद्या
        सकाळ संध्याकाळ रात्र काम बाजार""",
    "te": """
        అవును కాదు ధన్యవాదాలు నమస్కారం అమ్మ నాన్న అన్న చెల్లి నీరు నిప్పు ఆకాశం సూర్యుడు
        చంద్రుడు నక్షత్రం రోడ్డు వంతెన అందం పక్షి చేప చెట్టు పువ్వు ఆకు సముద్రం కొండ నది వాన
        మేఘం గాలి ఒకటి రెండు మూడు నాలుగు ఐదు ఆరు ఏడు ఎనిమిది తొమ్మిది పది వంద వేయి ఎప్పుడు
        ఎందుకు కానీ లేదా మరియు మాట భోజనం నిద్ర ప్రేమ పని చూడు కాగితం పుస్తకం ఇల్లు కిటికీ
        తలుపు బల్ల కుర్చీ మామ బాబు కోతి పండు మామిడి మిరప నిన్న నేడు రేపు""",
    "sv": """
        ja nej tack god morgon kväll äpple bröd smör ost mjölk mamma pappa bror syster hund
        katt mus hus fönster vatten eld himmel sol måne stjärna gata bro vacker fågel fisk
        träd blomma blad strand hav berg flod regn moln vind ett två tre fyra fem sex sju åtta
        nio tio hundra tusen alltid aldrig kanske varför därför men eller och också tala äta
        dricka sova leva älska vilja veta göra se papper lampa soppa pump gaffel sked kniv
        tidning tillsammans omöjlig arbete skepp sjö hjälp björn mössa""",
    "tr": """
        evet hayır teşekkür günaydın akşam elma ekmek tereyağı peynir süt anne baba kardeş
        köpek kedi fare ev pencere su ateş gökyüzü güneş ay yıldız sokak köprü güzel kuş balık
        ağaç çiçek yaprak kumsal deniz dağ nehir yağmur bulut rüzgar bir iki üç dört beş altı
        yedi sekiz dokuz on yüz bin her zaman asla belki neden çünkü ama veya ve de konuşmak
        yemek içmek uyumak yaşamak sevmek istemek bilmek yapmak görmek kağıt lamba çorba pompa
        çatal kaşık bıçak gazete birlikte imkansız iş dede mutluluk""",
    "el": """
        ναι όχι ευχαριστώ καλημέρα καλησπέρα μήλο ψωμί βούτυρο τυρί γάλα μαμά μπαμπάς αδελφός
        αδελφή σκύλος γάτα ποντίκι σπίτι παράθυρο νερό φωτιά ουρανός ήλιος φεγγάρι αστέρι
        δρόμος γέφυρα όμορφος πουλί ψάρι δέντρο λουλούδι φύλλο παραλία θάλασσα βουνό ποτάμι
        βροχή σύννεφο άνεμος ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα δέκα εκατό χίλια
        πάντα ποτέ ίσως γιατί αλλά ή και επίσης μιλάω τρώω πίνω κοιμάμαι ζω αγαπώ θέλω ξέρω
        κάνω βλέπω χαρτί λάμπα σούπα πιρούνι μαζί δουλειά ευτυχία""",
    "id": """
        ya tidak terima kasih selamat pagi malam apel roti mentega keju susu ibu bapak kakak
        adik anjing kucing tikus rumah jendela air api langit matahari bulan bintang jalan
        jembatan indah burung ikan pohon bunga daun pantai laut gunung sungai hujan awan angin
        satu dua tiga empat lima enam tujuh delapan sembilan sepuluh seratus seribu selalu
        mungkin mengapa karena tetapi atau dan juga bicara makan minum tidur hidup cinta mau
        tahu buat lihat kertas lampu sup pompa garpu sendok pisau koran""",
}
"""Words by language, as espeak-ng and festival spell them."""

SYLLABLES = {
    "latin": (
        "p b m f v t d k g s l n r pr br pl bl fr fl tr dr kr gr sp st sm",
        "a e i o u",
        "m n l r s p t k",
    ),
    "cyrillic": ("п б м ф в т д к г с л н р ш ж пр бр", "а е и о у ы я ю", "м н л р с п т к"),
    "devanagari": ("प ब म फ त द क ग स ल न र व भ", "ा ि ी ु ू े ो ौ", "म न ल र स प"),
    "telugu": ("ప బ మ ఫ త ద క గ స ల న ర వ భ", "ా ి ీ ు ూ ె ో ౌ", ""),
}
"""Onsets, vowels and codas of pseudowords."""

SCRIPTS = {"ru": "cyrillic", "hi": "devanagari", "mr": "devanagari", "te": "telugu"}
"""Languages whose pseudowords are not written in Latin letters."""
