/** Node takes no longer delay; a reminder that is further away waits in parts. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * Has the alarms looked at when their instant has come, by the machine's clock. Agenda's own timer may fire some ms
 * early, for Node counts a delay from when the current turn of its loop began; the alarm is then found not to be due,
 * and Agenda forgets it until its next scan.
 */
export class Reminders {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(private readonly look: (job: string) => void) {}

  /** One look for all alarms of a job at one instant. */
  add(job: string, at: Date): void {
    const key = `${job} ${at.getTime()}`;
    if (!this.timers.has(key)) this.wait(key, job, at);
  }

  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  private wait(key: string, job: string, at: Date): void {
    const leftMs = at.getTime() - Date.now();
    if (leftMs <= 0) {
      this.timers.delete(key);
      this.look(job);
      return;
    }
    const timer = setTimeout(() => this.wait(key, job, at), Math.min(leftMs, LONGEST_DELAY_MS));
    this.timers.set(key, timer);
  }
}
