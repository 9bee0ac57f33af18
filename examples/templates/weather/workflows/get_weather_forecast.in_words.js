// Codes of the World Meteorological Organization, as Open-Meteo gives them.
const WORDS = [
  [0, 'clear'], [1, 'mostly clear'], [2, 'partly cloudy'], [3, 'overcast'], [48, 'fog'], [57, 'drizzle'],
  [67, 'rain'], [77, 'snow'], [82, 'showers'], [86, 'snow showers'], [99, 'thunderstorm'],
];
const { name, country } = steps.find_place.body.results[0];
const { daily } = steps.forecast.body;

return {
  place: country ? `${name}, ${country}` : name,
  days: daily.time.map((date, at) => ({
    date,
    weather: WORDS.find(([upTo]) => daily.weather_code[at] <= upTo)?.[1] ?? 'unknown',
    low_celsius: daily.temperature_2m_min[at],
    high_celsius: daily.temperature_2m_max[at],
    rain_mm: daily.precipitation_sum[at] ?? 0,
  })),
};
