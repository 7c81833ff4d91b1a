"""The stakeholder site: static pages in English and Chinese, drawn from one published version."""

from orchestration.pages.site import build_site

__all__ = ["build_site"]
