import { useEffect, useState } from 'preact/hooks'
import type { Json } from '../../server/wire.ts'

interface Props {
  id: string
  whole: boolean
  min?: number
  max?: number
  value: Json | undefined
  placeholder?: string
  onChange: (value: number | undefined) => void
}

/** A number. What is typed stays as it is typed ("1." is on the way to 1.5); the value is what it means. */
export function NumberField({ whole, min, max, value, onChange, ...rest }: Props) {
  const [text, setText] = useState(typeof value === 'number' ? String(value) : '')
  useEffect(() => {
    if (Number(text) !== value) setText(typeof value === 'number' ? String(value) : '')
  }, [value])
  return (
    <input
      {...rest}
      class="input"
      inputMode={whole ? 'numeric' : 'decimal'}
      type="number"
      step={whole ? 1 : 'any'}
      min={min}
      max={max}
      value={text}
      onInput={(event) => {
        setText(event.currentTarget.value)
        onChange(event.currentTarget.value === '' ? undefined : Number(event.currentTarget.value))
      }}
    />
  )
}
