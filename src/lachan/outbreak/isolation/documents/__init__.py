"""The papers of isolation in the official Vietnamese form (Decree 30/2020): the order as DOCX and PDF, the certificate."""

from lachan.outbreak.isolation.documents.draw import certificate_pdf, order_docx, order_pdf

__all__ = ["certificate_pdf", "order_docx", "order_pdf"]
