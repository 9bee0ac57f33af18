/** An hour or a day in the words of this browser: under the axis, and in full. */
export function spanWords(at: string, step: 'hour' | 'day', range: string): { label: string; name: string } {
  const date = new Date(at);
  const day = { day: 'numeric', month: 'short' } as const;
  if (step === 'day') {
    return {
      label: date.toLocaleDateString(undefined, day),
      name: date.toLocaleDateString(undefined, { ...day, weekday: 'short', year: 'numeric' }),
    };
  }
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return {
    label: range === '24h' ? time : date.toLocaleDateString(undefined, day),
    name: `${date.toLocaleDateString(undefined, { ...day, weekday: 'short' })}, ${time}`,
  };
}
