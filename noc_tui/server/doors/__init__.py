"""The doors: how monitoring systems that call us bring their alerts. Each answers once they are durable."""
