import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icon.tsx'

interface Props {
  children?: ComponentChildren
  icon?: IconName
  kind?: 'primary' | 'danger' | 'ghost'
  small?: boolean
  /** What it does, where it shows only a picture. */
  label?: string
  disabled?: boolean
  pressed?: boolean
  type?: 'button' | 'submit'
  keys?: string
  onClick?: (event: MouseEvent) => void
}

export function Button({ children, icon, kind, small, label, disabled, pressed, type, keys, onClick }: Props) {
  const className = ['button', kind, small && 'small', icon && !children && 'icon'].filter(Boolean).join(' ')
  return (
    <button
      class={className}
      type={type ?? 'button'}
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-pressed={pressed}
      aria-keyshortcuts={keys}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {children && <span class="button-text">{children}</span>}
    </button>
  )
}
