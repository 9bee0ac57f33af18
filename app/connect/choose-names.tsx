import { Checkbox } from '#app/ui/checkbox.tsx';
import { classNames } from '#app/ui/class-names.ts';

export interface Choosable {
  /** What is chosen. */
  value: string;
  /** What is shown; the value where it is left out. */
  label?: string;
  /** Behind it, in small: `resource`. */
  note?: string | undefined;
}

/** Some of a list, each with its box. What is chosen and not in the list stands at its end. */
export function ChooseNames({
  label,
  items,
  chosen,
  onChange,
  none,
}: {
  label: string;
  items: readonly Choosable[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
  /** Shown where there is nothing to choose from. */
  none: string;
}) {
  const gone = chosen.filter((value) => !items.some((item) => item.value === value));
  const all = [...items, ...gone.map((value): Choosable => ({ value, note: 'not there now' }))];
  return (
    <fieldset className="flex max-h-48 flex-col gap-2 overflow-auto rounded-md border border-line p-2">
      <legend className="sr-only">{label}</legend>
      {all.length === 0 && <p className="text-12 text-muted">{none}</p>}
      {all.map(({ value, label: shown, note }) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is a Radix control inside the label
        <label
          key={value}
          className={classNames('flex items-center gap-2 text-12', shown === undefined && 'font-mono')}
        >
          <Checkbox
            checked={chosen.includes(value)}
            onCheckedChange={(checked) =>
              onChange(checked === true ? [...chosen, value] : chosen.filter((other) => other !== value))
            }
          />
          {shown ?? value}
          {note !== undefined && <span className="font-sans text-muted">{note}</span>}
        </label>
      ))}
    </fieldset>
  );
}
