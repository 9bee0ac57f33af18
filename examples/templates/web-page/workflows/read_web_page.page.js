const html = steps.fetch.body;
const isHtml = /html/i.test(steps.fetch.headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(html);

const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ndash: '–', mdash: '—', hellip: '…' };
const plain = (text) =>
  text
    .replace(/<[^>]*>/g, '')
    .replace(/&#(x?)([0-9a-f]{1,6});/gi, (whole, hex, digits) => {
      const point = Number.parseInt(digits, hex ? 16 : 10);
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replace(/&([a-z]+);/gi, (whole, name) => NAMED[name.toLowerCase()] ?? whole);
// Entities are read once, at the end: what they stand for is text, never a tag.
const line = (text) => text.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ').trim();

const [, origin = '', path = '/'] = /^(https?:\/\/[^/?#]+)([^?#]*)/i.exec(input.url) ?? [];
const absolute = (href) => {
  const target = href.trim();
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return target;
  if (target.startsWith('//')) return origin.split('//')[0] + target;
  if (target.startsWith('/')) return origin + target;
  if (/^[?#]/.test(target)) return origin + path + target;
  return `${origin}${path.slice(0, path.lastIndexOf('/') + 1) || '/'}${target}`;
};

function toMarkdown(source) {
  const blocks = [];
  const keep = (text) => `\n\n\u0000${blocks.push(text) - 1}\u0000\n\n`;
  return source
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(script|style|noscript|template|svg|head|nav|footer|form|iframe)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replace(/<pre\b[^>]*>([\s\S]*?)<\/pre>/gi, (_, code) => keep(`\`\`\`\n${plain(code).trim()}\n\`\`\``))
    .replace(/\s+/g, ' ')
    .replace(/<a\b[^>]*?href\s*=\s*["']([^"']*)["'][^>]*>(.*?)<\/a>/gi, (_, href, label) => {
      const words = line(label);
      return words === '' ? '' : `[${words}](${absolute(href)})`;
    })
    .replace(/<(strong|b)>(.*?)<\/\1>/gi, '**$2**')
    .replace(/<(em|i)>(.*?)<\/\1>/gi, '*$2*')
    .replace(/<code\b[^>]*>(.*?)<\/code>/gi, '`$1`')
    .replace(/<h([1-6])\b[^>]*>(.*?)<\/h\1>/gi, (_, level, words) => `\n\n${'#'.repeat(Number(level))} ${line(words)}\n\n`)
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/(td|th)>/gi, ' | ')
    .replace(/<\/?(p|div|section|article|main|header|aside|ul|ol|table|tr|blockquote|figure|dl|dd|dt)\b[^>]*>/gi, '\n\n')
    .split('\n')
    .map((text) => plain(text).trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\u0000(\d+)\u0000/g, (_, at) => blocks[Number(at)])
    .trim();
}

const title = isHtml ? plain(/<title\b[^>]*>([\s\S]*?)<\/title>/i.exec(html)?.[1] ?? '').replace(/\s+/g, ' ').trim() : '';
const markdown = isHtml ? toMarkdown(html) : html.trim();
const most = input.max_characters;

return {
  url: input.url,
  title: title || input.url,
  markdown: markdown.slice(0, most),
  truncated: markdown.length > most,
};
