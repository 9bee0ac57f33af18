import { stemmer as arabic } from '@orama/stemmers/arabic';
import { stemmer as danish } from '@orama/stemmers/danish';
import { stemmer as dutch } from '@orama/stemmers/dutch';
import { stemmer as english } from '@orama/stemmers/english';
import { stemmer as finnish } from '@orama/stemmers/finnish';
import { stemmer as french } from '@orama/stemmers/french';
import { stemmer as german } from '@orama/stemmers/german';
import { stemmer as greek } from '@orama/stemmers/greek';
import { stemmer as hungarian } from '@orama/stemmers/hungarian';
import { stemmer as italian } from '@orama/stemmers/italian';
import { stemmer as norwegian } from '@orama/stemmers/norwegian';
import { stemmer as portuguese } from '@orama/stemmers/portuguese';
import { stemmer as romanian } from '@orama/stemmers/romanian';
import { stemmer as russian } from '@orama/stemmers/russian';
import { stemmer as spanish } from '@orama/stemmers/spanish';
import { stemmer as swedish } from '@orama/stemmers/swedish';
import { stemmer as turkish } from '@orama/stemmers/turkish';
import { stopwords as arabicStops } from '@orama/stopwords/arabic';
import { stopwords as danishStops } from '@orama/stopwords/danish';
import { stopwords as dutchStops } from '@orama/stopwords/dutch';
import { stopwords as englishStops } from '@orama/stopwords/english';
import { stopwords as finnishStops } from '@orama/stopwords/finnish';
import { stopwords as frenchStops } from '@orama/stopwords/french';
import { stopwords as germanStops } from '@orama/stopwords/german';
import { stopwords as greekStops } from '@orama/stopwords/greek';
import { stopwords as hungarianStops } from '@orama/stopwords/hungarian';
import { stopwords as italianStops } from '@orama/stopwords/italian';
import { stopwords as norwegianStops } from '@orama/stopwords/norwegian';
import { stopwords as portugueseStops } from '@orama/stopwords/portuguese';
import { stopwords as romanianStops } from '@orama/stopwords/romanian';
import { stopwords as russianStops } from '@orama/stopwords/russian';
import { stopwords as spanishStops } from '@orama/stopwords/spanish';
import { stopwords as swedishStops } from '@orama/stopwords/swedish';
import { stopwords as turkishStops } from '@orama/stopwords/turkish';
import { stopwords as ukrainianStops } from '@orama/stopwords/ukrainian';

/** How words of one language are brought to one form. */
export interface Language {
  /** A word in small letters, with its accents → what its forms have in common. */
  stem(word: string): string;
  /** Words that say nothing of what a text is about. */
  stops: ReadonlySet<string>;
}

/** Words that a question is made of, beside those that every text has. */
const ASKING: Record<string, string> = {
  en: 'please could would may might must shall us also via etc tell show explain',
  de: 'bitte gibt sowie etwa dürfen',
  fr: 'comment combien quand où pourquoi quel quelle quels quelles est-ce puis peut',
};

const language = (
  code: string,
  stem: (word: string) => string,
  stops: readonly string[],
): [string, Language] => {
  const words = [...stops, ...(ASKING[code]?.split(' ') ?? [])].map((word) => word.toLowerCase().normalize());
  return [code, { stem, stops: new Set(words.map((word) => word.replace(/’/g, "'"))) }];
};

/** By code of ISO 639-1. Texts in other languages are searched by their words as they stand. */
const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  language('ar', arabic, arabicStops),
  language('da', danish, danishStops),
  language('de', german, germanStops),
  language('el', greek, greekStops),
  language('en', english, englishStops),
  language('es', spanish, spanishStops),
  language('fi', finnish, finnishStops),
  language('fr', french, frenchStops),
  language('hu', hungarian, hungarianStops),
  language('it', italian, italianStops),
  language('nl', dutch, dutchStops),
  language('no', norwegian, norwegianStops),
  language('pt', portuguese, portugueseStops),
  language('ro', romanian, romanianStops),
  language('ru', russian, russianStops),
  language('sv', swedish, swedishStops),
  language('tr', turkish, turkishStops),
  language('uk', (word) => word, ukrainianStops),
]);

const NONE: Language = { stem: (word) => word, stops: new Set() };

export function languageOf(code: string): Language {
  return LANGUAGES.get(code) ?? NONE;
}
