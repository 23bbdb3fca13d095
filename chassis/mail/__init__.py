"""Mail: messages in plain text and HTML, and their delivery by SMTP."""

from chassis.mail.message import alternative
from chassis.mail.smtp import MailRefused, MailSettings, SmtpSender

__all__ = ["MailRefused", "MailSettings", "SmtpSender", "alternative"]
