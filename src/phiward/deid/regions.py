"""States, countries and larger places: wider than a state, or a state, so that Safe Harbor lets them stay.

A name that is also a city (New York, Washington) is not here. Source: 45 CFR 164.514(b)(2)(i)(B).
"""

_REGIONS = """
afghanistan|africa|alabama|alaska|albania|alberta|algeria|america|american samoa|andorra|angola|antarctica|
argentina|arizona|arkansas|armenia|aruba|asia|australia|austria|azerbaijan|bahamas|bahrain|balkans|bangladesh|
barbados|bavaria|belarus|belgium|belize|benin|bermuda|bhutan|bolivia|bosnia|bosnia and herzegovina|botswana|
brazil|britain|british columbia|brunei|bulgaria|burkina faso|burma|burundi|california|cambodia|cameroon|
canada|cape verde|caribbean|catalonia|cayman islands|central america|chad|chile|china|colombia|colorado|
comoros|congo|connecticut|costa rica|croatia|cuba|curacao|cyprus|czech republic|czechia|d.c.|delaware|
democratic republic of the congo|denmark|djibouti|dominica|dominican republic|drc|east timor|ecuador|egypt|
el salvador|england|equatorial guinea|eritrea|estonia|eswatini|ethiopia|europe|faroe islands|fiji|finland|
florida|france|french guiana|french polynesia|gabon|gambia|georgia|germany|ghana|gibraltar|great britain|
greece|greenland|grenada|guadeloupe|guam|guatemala|guinea|guinea-bissau|gujarat|guyana|haiti|hawaii|honduras|
hong kong|hungary|iceland|idaho|illinois|india|indiana|indonesia|iowa|iran|iraq|ireland|israel|italy|
ivory coast|jalisco|jamaica|japan|jordan|kansas|kazakhstan|kentucky|kenya|kerala|kiribati|korea|kosovo|kuwait|
kyrgyzstan|laos|latin america|latvia|lebanon|lesotho|liberia|libya|liechtenstein|lithuania|louisiana|
luxembourg|macau|macedonia|madagascar|maine|malawi|malaysia|maldives|mali|malta|manitoba|marshall islands|
martinique|maryland|massachusetts|mauritania|mauritius|mexico|michigan|micronesia|middle east|midwest|
minnesota|mississippi|missouri|moldova|monaco|mongolia|montana|montenegro|morocco|mozambique|myanmar|namibia|
nauru|nebraska|nepal|netherlands|nevada|new brunswick|new caledonia|new england|new hampshire|new jersey|
new mexico|new south wales|new york state|new zealand|nicaragua|niger|nigeria|north america|north carolina|
north dakota|north korea|north macedonia|northern ireland|northern mariana islands|norway|nova scotia|oceania|
ohio|oklahoma|oman|ontario|oregon|pakistan|palau|palestine|panama|papua new guinea|paraguay|pennsylvania|peru|
philippines|poland|portugal|puerto rico|punjab|qatar|quebec|queensland|republic of korea|reunion|rhode island|
romania|russia|russian federation|rwanda|saint lucia|samoa|san marino|saskatchewan|saudi arabia|scandinavia|
scotland|senegal|serbia|seychelles|sierra leone|singapore|slovakia|slovenia|solomon islands|somalia|
south africa|south america|south carolina|south dakota|south korea|south sudan|southeast asia|spain|sri lanka|
sub-saharan africa|sudan|suriname|sweden|switzerland|syria|tahiti|taiwan|tajikistan|tamil nadu|tanzania|
tasmania|tennessee|texas|thailand|togo|tonga|trinidad|trinidad and tobago|tunisia|turkey|turkmenistan|tuvalu|
u.k.|u.s.|u.s. virgin islands|u.s.a.|uae|uganda|ukraine|united arab emirates|united kingdom|united states|
united states of america|upstate new york|uruguay|usa|utah|uzbekistan|vanuatu|vatican city|venezuela|vermont|
vietnam|virgin islands|virginia|wales|washington state|west virginia|wisconsin|wyoming|yemen|zambia|zimbabwe
"""

REGIONS = frozenset(name for line in _REGIONS.split("\n") for name in line.split("|") if name)
"""In lower case, without accents and without a leading "the"."""

_LANGUAGES = """
amharic arabic armenian bengali burmese cantonese cebuano creole croatian czech danish dari dutch english farsi
french german gujarati hebrew hindi hmong hokkien hungarian igbo ilocano italian japanese kannada khmer
kinyarwanda korean lao latin lingala malayalam mandarin marathi mixteco nahuatl navajo nepali norwegian oromo
pashto polish portuguese punjabi quechua romanian russian samoan serbian sinhala somali spanish swahili swedish
tagalog tamil telugu thai tigrinya turkish twi ukrainian urdu uzbek vietnamese wolof yiddish yoruba zulu
"""

LANGUAGES = frozenset(_LANGUAGES.split())
"""Spoken, they name nobody; in lower case."""
