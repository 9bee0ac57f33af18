// The weather step goes on when the service cannot be reached: then its value is { error }.
const now = steps.weather.body?.current_condition?.[0];
const wet = Number(now?.precipMM ?? 0) > 0.2;
const cold = Number(now?.temp_C ?? 15) < 8;

const weather = now
  ? `${now.weatherDesc[0].value.trim().toLowerCase()}, ${now.temp_C} °C`
  : 'no weather report (the weather service could not be reached)';

const advice = wet
  ? 'Plan for indoors: museums, covered markets, long lunches.'
  : cold
    ? 'Dress warmly, and keep a café on every route.'
    : now
      ? 'Good weather to be outside all day.'
      : 'Check the sky before you leave.';

return {
  city: input.city,
  weather,
  advice,
  passages: steps.guide.hits.map((hit) => ({ from: hit.headings.join(' › '), text: hit.text })),
};
