const WIDTH = 120;
const HEIGHT = 20;

/** How a count went, small; for the eye only. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const most = Math.max(1, ...values);
  const slot = WIDTH / Math.max(1, values.length);
  return (
    <svg aria-hidden="true" width={WIDTH} height={HEIGHT} className="block">
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className="stroke-line" />
      {values.map((value, index) => {
        const height = value === 0 ? 0 : Math.max(1, (HEIGHT * value) / most);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a place in time
            key={index}
            x={index * slot}
            y={HEIGHT - height}
            width={Math.max(0.75, slot - 0.5)}
            height={height}
            className="fill-accent"
          />
        );
      })}
    </svg>
  );
}
