'use client';

import { Image, ImageUp, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '#app/ui/button.tsx';
import { Field } from '#app/ui/field.tsx';
import { IconButton } from '#app/ui/icon-button.tsx';
import { Input } from '#app/ui/input.tsx';
import { bytes } from '#app/ui/quantity.ts';
import { iconFault } from '#lib/workflow/icon.ts';

export interface IconFieldProps {
  description: string;
  /** A data: or https: address, or ''. */
  value: string;
  /** Of an image that is chosen here. */
  mostBytes: number;
  onChange(value: string): void;
}

/**
 * The icon that clients show: the address of one, or a small image, which becomes a part of what is saved. Images at an
 * address are not loaded: whoever keeps them would learn of everybody who opens this page.
 */
export function IconField({ description, value, mostBytes, onChange }: IconFieldProps) {
  const file = useRef<HTMLInputElement>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const isImage = value.startsWith('data:');
  const fault = value === '' ? null : iconFault(value, mostBytes);
  const set = (icon: string) => {
    setRefused(null);
    onChange(icon);
  };
  async function take(image: File): Promise<void> {
    // Its type is the browser's guess by the name; large ones are refused before they are read.
    const address = image.size > 2 * mostBytes ? null : await addressOf(image);
    const wrong = address ? iconFault(address, mostBytes) : `The image has ${bytes(image.size)}.`;
    if (address && wrong === null) set(address);
    else
      setRefused(`${image.name} is not taken. ${wrong} At most ${bytes(mostBytes)}, PNG, JPEG, WebP or SVG.`);
  }
  return (
    <Field label="Icon" optional description={description} error={refused ?? fault}>
      {(ids) => (
        <div className="flex items-center gap-2">
          <span className="flex size-8 shrink-0 items-center justify-center rounded-md border border-line bg-sunken">
            {isImage && fault === null ? (
              // biome-ignore lint/performance/noImgElement: a data: address; in an <img> no script of an SVG runs
              <img src={value} alt="Icon as clients show it" className="size-6 object-contain" />
            ) : (
              <Image aria-hidden className="size-4 text-muted" />
            )}
          </span>
          <Input
            {...ids}
            mono
            value={isImage ? '' : value}
            maxLength={2000}
            placeholder={
              isImage ? `An image of ${bytes(value.length * 0.75)}` : 'https://example.com/icon.png'
            }
            onChange={({ target }) => set(target.value.trim())}
          />
          <Button onClick={() => file.current?.click()}>
            <ImageUp /> Choose
          </Button>
          {value !== '' && (
            <IconButton label="Remove the icon" onClick={() => set('')}>
              <Trash2 />
            </IconButton>
          )}
          <input
            ref={file}
            type="file"
            aria-label="Image for the icon"
            hidden
            accept="image/png,image/jpeg,image/webp,image/svg+xml"
            onChange={({ target }) => {
              const [chosen] = target.files ?? [];
              if (chosen) void take(chosen);
              target.value = '';
            }}
          />
        </div>
      )}
    </Field>
  );
}

/** The image as a data: address. */
function addressOf(image: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(image);
  });
}
