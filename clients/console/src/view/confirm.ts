import { signal } from '@preact/signals'

export interface Question {
  title: string
  text: string
  /** What the button says that does it. */
  action: string
  danger?: boolean
  answer: (yes: boolean) => void
}

export const question = signal<Question | null>(null)

/** Asks before something that cannot simply be taken back. */
export const confirm = (ask: Omit<Question, 'answer'>): Promise<boolean> =>
  new Promise((resolve) => {
    question.value?.answer(false)
    question.value = {
      ...ask,
      answer: (yes) => {
        question.value = null
        resolve(yes)
      },
    }
  })
