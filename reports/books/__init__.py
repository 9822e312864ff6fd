"""The books for programs that others wrote: plain-text accounting and the auditor's file."""
