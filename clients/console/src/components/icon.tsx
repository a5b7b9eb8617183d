const paths = {
  overview: 'M3 13V8M8 13V3M13 13V6',
  runs: 'M3 4h10M3 8h10M3 12h6',
  queues: 'M2.5 4.5h11v3h-11zM4 10h8M5.5 13h5',
  workers: 'M3 3h10v4H3zM3 9h10v4H3zM5.5 5h.01M5.5 11h.01',
  schedules: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5',
  jobs: 'M8 2l5 2.8v5.6L8 13.5l-5-3.1V4.8zM3 4.8l5 2.9 5-2.9M8 7.7v5.8',
  failed: 'M5.2 2.5h5.6l2.7 2.7v5.6l-2.7 2.7H5.2l-2.7-2.7V5.2zM8 5.5v3M8 10.8h.01',
  plus: 'M8 3.5v9M3.5 8h9',
  search: 'M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 10l3.2 3.2',
  retry: 'M12.8 7A5 5 0 1 0 13 9M13 3.5V7H9.5',
  cancel: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
  fork: 'M5 2.8v6.4M5 9.2a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM11 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM11 6.2C11 9 5 8 5 11',
  copy: 'M5.5 5.5h7v7h-7zM3.5 10.5v-7h7',
  check: 'M3.5 8.5l3 3 6-7',
  download: 'M8 3v7M5 7.2L8 10l3-2.8M3.5 13h9',
  pause: 'M6 4v8M10 4v8',
  trigger: 'M9 2L4 9h3.5L7 14l5-7H8.5z',
  play: 'M5.5 3.8l6.5 4.2-6.5 4.2z',
  drain: 'M8 2.5v6M5.5 6L8 8.5 10.5 6M3 11.5h10M4.5 13.5h7',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.8v1.4M8 12.8v1.4M1.8 8h1.4M12.8 8h1.4M3.6 3.6l1 1M11.4 11.4l1 1M3.6 12.4l1-1M11.4 4.6l1-1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z',
  left: 'M9.5 3.5L5 8l4.5 4.5',
  down: 'M4 6l4 4 4-4',
  edit: 'M3 13l.6-2.8 7-7 2.2 2.2-7 7z',
  external: 'M9 3h4v4M13 3L7.5 8.5M11 9.5V13H3V5h3.5',
  eye: 'M1.8 8S4 4 8 4s6.2 4 6.2 4-2.2 4-6.2 4-6.2-4-6.2-4zM8 6.3a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4z',
} as const

export type IconName = keyof typeof paths

/** A picture beside words that say the same: screen readers do not hear of it. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  )
}
