export { LinkLayout as default } from '#app/shell/link-layout.tsx';
